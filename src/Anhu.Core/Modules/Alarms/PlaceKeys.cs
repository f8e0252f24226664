using System.Globalization;
using System.Text;

namespace Anhu.Modules.Alarms;

/// <summary>Makes the key by which two reports of one place meet.</summary>
internal static class PlaceKeys
{
    /// <summary>The key of a place: its address without spaces, punctuation, width and case, or its coordinates to about ten metres; null when neither is known.</summary>
    /// <param name="location">As reported.</param>
    public static string? Of(ReportedLocation? location)
    {
        if (location?.Address is { } address)
        {
            var key = new StringBuilder(address.Length);
            foreach (var c in address.Normalize(NormalizationForm.FormKC))
            {
                if (char.IsLetterOrDigit(c))
                {
                    key.Append(char.ToUpperInvariant(c));
                }
            }

            if (key.Length > 0)
            {
                return key.ToString();
            }
        }

        return location is { Longitude: { } longitude, Latitude: { } latitude }
            ? string.Create(CultureInfo.InvariantCulture, $"@{longitude:F4},{latitude:F4}")
            : null;
    }
}
