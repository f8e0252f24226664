using Anhu.Common;

namespace Anhu.Commands;

/// <summary>Tells an operator why a command was refused, in words. Operators' commands speak English, as their options do.</summary>
internal static class CommandFailures
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["audit.file-exists"] = "The file is there already; nothing was moved.",
        ["audit.not-whole"] = "What is to be archived does not hold: run anhu audit verify. Nothing was moved.",
        ["audit.too-young"] = "Views stay in the store for three years at least.",
        ["backup.damaged"] = "The backup is damaged: {0}. Nothing was restored.",
        ["backup.file-exists"] = "FILE is there already. Name another file, or add --overwrite.",
        ["backup.no-file"] = "There is no such file.",
        ["backup.older"] = "The backup was made by anhu {0}, whose tables were others. Restore it with that version, then start this one: it brings the store up to date.",
        ["backup.record-faulty"] = "The record in the backup does not hold: {0}. Nothing was restored; --despite-faults takes it over as it is.",
        ["backup.store-not-empty"] = "The store holds a city already. Restore into an empty one: another --data folder, or an empty database.",
        ["clients.name"] = "NAME must have 1 to 100 characters.",
        ["clients.unit-unknown"] = "There is no active unit {0}. A unit's code is its region code, a hyphen and its agency, such as 340100-police.",
        ["clients.scope-unknown"] = "--scope takes {0}.",
        ["clients.overlap"] = "--overlap-hours takes 0 to 720.",
        ["clients.thumbprint"] = "--sha256 takes the SHA-256 of a certificate: 64 hexadecimal digits (openssl x509 -noout -fingerprint -sha256).",
        ["clients.not-found"] = "There is no client {0}.",
        ["keys.someone-faster"] = "Someone changed the keys at the same moment. Try again.",
        ["keys.only-one"] = "There is only one generation of keys; nothing to destroy.",
        ["keys.index-under-way"] = "Indexes are still being made anew. Let the platform finish, or run: anhu keys reseal. Then destroy the old generation: anhu keys destroy.",
        ["keys.still-used"] = "{0} values still need the old keys. Let the platform finish, or run: anhu keys reseal. Then try again.",
        ["requests.blocked"] = "The answer holds something that is not the person's own. Nothing was written; the record says so.",
        ["requests.not-found"] = "There is no such request.",
        ["requests.over"] = "The request is not approved by two people, or the time for its answer is over.",
        ["retention.case-unknown"] = "There is no case of that number.",
        ["retention.reason-wrong"] = "--reason takes 1 to 500 characters.",
        ["retention.until-wrong"] = "--until is past.",
        ["organisation.user-name"] = "USERNAME must have 3 to 40 letters, digits or - . _ @.",
        ["organisation.display-name"] = "--name must have 1 to 60 characters.",
        ["organisation.unit-unknown"] = "There is no active unit of that code. A unit's code is its region code, a hyphen and its agency, such as 340104-womens-federation.",
        ["organisation.grid-missing"] = "A grid worker needs --region with the code of a community or grid.",
        ["organisation.grid-unknown"] = "--region must be a community or grid within the unit's region.",
        ["organisation.roles-together"] = "The roles of system, security and audit administrator go with no other role: each is for a person of its own.",
        ["organisation.user-name-taken"] = "That user name is taken.",
        ["organisation.worker-not-found"] = "There is no such user.",
        ["organisation.someone-faster"] = "Someone changed it at the same moment. Try again.",
    };

    /// <summary>Writes a failure to standard error.</summary>
    /// <param name="failure">The failure, or null.</param>
    /// <returns>The exit code: 0 without a failure, 2 for a wrong argument, 1 for anything else that was refused.</returns>
    public static async Task<int> ReportAsync(Failure? failure)
    {
        if (failure is null)
        {
            return 0;
        }

        var words = Words.GetValueOrDefault(failure.Code, failure.Code);
        await Console.Error.WriteLineAsync(words.Replace("{0}", failure.Detail, StringComparison.Ordinal));
        return failure.Kind == FailureKind.Invalid ? 2 : 1;
    }
}
