using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>All comparers and block keys for personal data of China, as model files name them.</summary>
public static class ChineseCatalogue
{
    /// <summary>The comparers.</summary>
    public static IReadOnlyList<ValueComparer> Comparers { get; } =
    [
        new CitizenIdComparer(),
        new ChineseNameComparer(),
        new MobileComparer(),
        new BirthDateComparer(),
        new SexComparer(),
        new ChineseAddressComparer(),
    ];

    /// <summary>The block keys; each takes values of one comparer.</summary>
    public static IReadOnlyList<KeyMaker> Keys { get; } =
    [
        // of chinese-name
        new WrittenKey("sound", NameKeys.Sound),
        new WrittenKey("sound-near", NameKeys.NearSound),
        new WrittenKey("sound-sorted", NameKeys.SortedSound),
        new WrittenKey("surname", NameKeys.Surname),
        new WrittenKey("given", NameKeys.Given),
        new WrittenKey("initials", NameKeys.Initials),

        // of citizen-id
        new WrittenKey("id-birth", CitizenIdKeys.BirthDate),
        new WrittenKey("id-sex", CitizenIdKeys.Sex),
        new WrittenKey("id15", CitizenIdKeys.Core),
        new WrittenKey("id-county", static (number, key) => CitizenIdKeys.Part(number, 0, 6, key)),
        new WrittenKey("id-first10", static (number, key) => CitizenIdKeys.Part(number, 0, 10, key)),
        new WrittenKey("id-first14", static (number, key) => CitizenIdKeys.Part(number, 0, 14, key)),
        new WrittenKey("id-no-check", static (number, key) => CitizenIdKeys.Part(number, 0, 17, key)),
        new WrittenKey("id-last4", static (number, key) => CitizenIdKeys.End(number, 4, key)),
        new WrittenKey("id-last8", static (number, key) => CitizenIdKeys.End(number, 8, key)),

        // of mobile
        new WrittenKey("phone-last8", static (number, key) => MobileKeys.Last(number, 8, key)),
        new WrittenKey("phone-last4", static (number, key) => MobileKeys.Last(number, 4, key)),
        new WrittenKey("phone-first7", static (number, key) => MobileKeys.First(number, 7, key)),

        // of birth-date
        new WrittenKey("year", static (date, key) => DateKeys.Part(date, 0, 4, key)),
        new WrittenKey("year-month", static (date, key) => DateKeys.Part(date, 0, 7, key)),
        new WrittenKey("month-day", DateKeys.MonthAndDay),

        // of chinese-address
        new WrittenKey("address-number", AddressKeys.Number),
        new WrittenKey("address-room", AddressKeys.Room),
        new WrittenKey("address-building", AddressKeys.Building),
        new WrittenKey("address-city", AddressKeys.City),
        new WrittenKey("address-county", AddressKeys.County),
    ];
}
