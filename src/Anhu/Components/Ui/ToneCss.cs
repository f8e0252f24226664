namespace Anhu.Components.Ui;

/// <summary>Names of tones for style and icon.</summary>
internal static class ToneCss
{
    extension(Tone tone)
    {
        /// <summary>The style's class.</summary>
        public string Css => tone switch
        {
            Tone.Neutral => "tone-neutral",
            Tone.Info => "tone-info",
            Tone.Good => "tone-good",
            Tone.Warn => "tone-warn",
            Tone.Bad => "tone-bad",
        };

        /// <summary>The icon that says the same as the colour.</summary>
        public string IconName => tone switch
        {
            Tone.Neutral or Tone.Info => "info-circle",
            Tone.Good => "circle-check",
            Tone.Warn => "alert-triangle",
            Tone.Bad => "alert-circle",
        };
    }
}
