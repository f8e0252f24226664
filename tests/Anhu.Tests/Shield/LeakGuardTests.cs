using System.Globalization;
using System.Text;
using Anhu.Modules.Shield;
using CsCheck;

namespace Anhu.Tests.Shield;

/// <summary>Mutated writings of a shielded value are found; other places and numbers are not.</summary>
[Trait("Store", "none")]
public sealed class LeakGuardTests
{
    private const string Numerals = "〇一二三四五六七八九";

    private static readonly string[] Names = ["测试路", "长江西路", "某小区", "翡翠花园", "五一路", "望江东路", "三里庵路", "天鹅湖畔小区", "金寨路", "龙凤苑"];
    private static readonly string[] Admins = ["", "安徽省合肥市蜀山区", "合肥市", "蜀山区三里庵街道", "蜀山区"];
    private static readonly string[] Before = ["", "她现在住在", "地址是", "搬到了 ", "去年起：", "（", "今天15:30"];
    private static readonly string[] After = ["", "，不要外传。", " 带着孩子", "）", "\n第二天再去"];

    private static readonly Gen<Place> Places =
        from name in Gen.Int[0, Names.Length - 1]
        from house in Gen.Int[1, 399]
        from building in Gen.Int[1, 48]
        from unit in Gen.Int[1, 6]
        from room in Gen.Int[101, 3304]
        from admin in Gen.Int[0, Admins.Length - 1]
        from depth in Gen.Int[0, 2]
        select new Place(Admins[admin], Names[name], depth == 0 ? house : building, depth == 0 ? null : unit, depth < 2 ? null : room);

    private static readonly Func<string, string>[] Looks =
    [
        t => t, Full, t => string.Join(' ', t.Select(c => c.ToString())), t => string.Join('\u200b', t.Select(c => c.ToString())),
        t => string.Concat(t.Select(c => "号號单單区區东東长長园園龙龍凤鳳".IndexOf(c, StringComparison.Ordinal) is >= 0 and var at && at % 2 == 0 ? "号號单單区區东東长長园園龙龍凤鳳"[at + 1] : c)),
    ];

    private static readonly Gen<Func<string, string>> Widths = Gen.Int[0, Looks.Length - 1].Select(i => Looks[i]);

    [Fact]
    public void Address_InAnyWriting_IsFound_AndSaysWhere() =>
        (from place in Places
         from words in Gen.Int[0, 3]
         from numbers in Gen.Int[0, 2]
         from width in Widths
         from admin in Gen.Int[0, Admins.Length - 1]
         from before in Gen.Int[0, Before.Length - 1]
         from after in Gen.Int[0, After.Length - 1]
         select (place, words, numbers, width, admin, before, after)).Sample(
            t =>
            {
                var guard = Guard(t.place.Written(0, 0));
                var written = t.width((t.place with { Admin = Admins[t.admin] }).Written(t.words, t.numbers));
                var text = Before[t.before] + written + After[t.after];

                var leak = Assert.Single(guard.Find("notes", text));

                Assert.Equal(("notes", ShieldKind.Address), (leak.Field, leak.Kind));
                Assert.InRange(leak.At, Before[t.before].Length, Before[t.before].Length + written.Length - 1);
                Assert.Empty(guard.Find("notes", guard.Mask(text)));
            },
            iter: 4000);

    [Fact]
    public void Address_ByStreetAndHouseNumberAlone_IsFound() => Places.Sample(
        place =>
        {
            var partial = place.Name + place.Number.ToString(CultureInfo.InvariantCulture) + (place.Unit is null ? "号" : "栋");

            Assert.Single(Guard(place.Written(0, 0)).Find("text", $"约在{partial}楼下"));
        },
        iter: 1000);

    [Fact]
    public void OtherPlaces_AreNotFound() =>
        (from place in Places
         from other in Places
         from words in Gen.Int[0, 3]
         from numbers in Gen.Int[0, 2]
         select (place, other, words, numbers)).Where(t => !Near(t.place, t.other)).Sample(
            t => Assert.Empty(Guard(t.place.Written(0, 0)).Find("text", "她去了" + t.other.Written(t.words, t.numbers) + "，又回来了。")),
            iter: 4000);

    [Theory]
    [InlineData("测试路1号", "测试路12号")]
    [InlineData("测试路12号", "测试路1号2号楼")]
    [InlineData("测试路12号", "测试路112号")]
    [InlineData("某小区3栋2单元501室", "某小区13栋2单元501室的邻居")]
    [InlineData("某小区3栋2单元501室", "2026-3-2 501路公交车")]
    [InlineData("某小区3栋2单元501室", "某小区很大")]
    [InlineData("13800001111", "138000011112")]
    [InlineData("13800001111", "340104198001113800001111")]
    [InlineData("13800001111", "1380000111")]
    [InlineData("13800001111", "13800001112")]
    public void NearMisses_AreNotFound(string value, string text) =>
        Assert.Empty(new LeakGuard([new ShieldedValue(char.IsAsciiDigit(value[0]) ? ShieldKind.Phone : ShieldKind.Address, value, Guid.Empty)]).Find("text", text));

    [Theory]
    [InlineData("安徽省合肥市蜀山区三里庵街道某小区3栋2单元501室", "在某小区三号楼二单元五零一")]
    [InlineData("某小区3栋2单元501室", "3-2-501")]
    [InlineData("某小区3栋2单元501室", "某小区501")]
    [InlineData("某小区3栋2单元1205室", "某小区3幢2-一千二百零五？不，是某小区３座２单元１２０５")]
    [InlineData("望江西路88号某小区3栋501", "望江西路八十八号")]
    [InlineData("望江西路88号某小区3栋501", "某小区3号楼")]
    [InlineData("张庄村东头第二家", "住张庄村东头第2家")]
    [InlineData("五一路12号", "五一路12号")]
    [InlineData("五一路12号", "51路十二号")]
    [InlineData("12 Main Street, Hefei", "lives at 12 MAIN STREET")]
    [InlineData("测试路１２号", "測試路12號")]
    public void Known_Writings_AreFound(string address, string text) => Assert.NotEmpty(Guard(address).Find("text", text));

    [Fact]
    public void Phone_InAnyWriting_IsFound() =>
        (from number in Gen.Long[13_000_000_000, 19_999_999_999]
         from form in Gen.Int[0, 8]
         from before in Gen.Int[0, Before.Length - 2]
         select (number, form, before)).Sample(
            t =>
            {
                var digits = t.number.ToString(CultureInfo.InvariantCulture);
                var written = t.form switch
                {
                    0 => digits,
                    1 => $"+86 {digits}",
                    2 => $"0086{digits}",
                    3 => $"{digits[..3]} {digits[3..7]} {digits[7..]}",
                    4 => $"{digits[..3]}-{digits[3..7]}-{digits[7..]}",
                    5 => Full(digits),
                    6 => string.Concat(digits.Select(c => Numerals[c - '0'])),
                    7 => $"（{digits[..3]}）{digits[3..]}",
                    _ => $"86{digits}",
                };
                var guard = new LeakGuard([new ShieldedValue(ShieldKind.Phone, digits, Guid.Empty)]);
                var text = Before[t.before] + written + "，晚上别打";

                Assert.Equal(ShieldKind.Phone, Assert.Single(guard.Find("notes", text)).Kind);
                Assert.Empty(guard.Find("notes", guard.Mask(text)));
            },
            iter: 3000);

    [Fact]
    public void OtherPhones_AreNotFound() =>
        (from number in Gen.Long[13_000_000_000, 19_999_999_999]
         from other in Gen.Long[13_000_000_000, 19_999_999_999]
         select (number, other)).Where(t => t.number != t.other).Sample(
            t => Assert.Empty(new LeakGuard([new ShieldedValue(ShieldKind.Phone, t.number.ToString(CultureInfo.InvariantCulture), Guid.Empty)])
                .Find("text", $"{t.other}，{t.other + 1} {t.other}")),
            iter: 2000);

    [Theory]
    [InlineData(ShieldKind.School, "合肥市第四十八中学", "接孩子：合肥市 第四十八 中学")]
    [InlineData(ShieldKind.Vehicle, "皖A12345", "他看到皖A·12345停在楼下")]
    [InlineData(ShieldKind.Shelter, "蜀山区救助管理站", "送去蜀山區救助管理站")]
    [InlineData(ShieldKind.Clinic, "安医大一附院", "在安医大一附院复查")]
    public void Names_AreFoundAsAWhole(ShieldKind kind, string value, string text) =>
        Assert.Equal(kind, Assert.Single(new LeakGuard([new ShieldedValue(kind, value, Guid.Empty)]).Find("notes", text)).Kind);

    /// <summary>A summary that hides the estate and tells building and room would lead to the door.</summary>
    [Theory]
    [InlineData("她现住望湖城5栋602室，门锁已换", "她现住［已隐去］，门锁已换")]
    [InlineData("她现住望湖城5栋602", "她现住［已隐去］")]
    [InlineData("望湖城五栋二单元602见面", "［已隐去］见面")]
    [InlineData("黄山路300号望湖城 5 栋 - 602", "［已隐去］［已隐去］")]
    [InlineData("望湖城5栋六〇二", "［已隐去］")]
    [InlineData("在望湖城5栋 3次报警", "在［已隐去］ 3次报警")]
    [InlineData("在望湖城5栋2024年起", "在［已隐去］2024年起")]
    public void Mask_OfAnAddress_TakesBuildingAndRoomWithIt(string text, string masked) =>
        Assert.Equal(masked, new LeakGuard([new ShieldedValue(ShieldKind.Address, "合肥市蜀山区黄山路300号望湖城5栋602", Guid.Empty)]).Mask(text));

    [Fact]
    public void AnyText_IsScannedWithoutFault()
    {
        var guard = Guard("某小区3栋2单元501室");
        Gen.String.Sample(text => Assert.Empty(guard.Find("x", guard.Mask(text))), iter: 3000);
    }

    private static LeakGuard Guard(string address) => new([new ShieldedValue(ShieldKind.Address, address, Guid.Empty)]);

    /// <summary>Two places whose street or estate and number agree are the same for the guard.</summary>
    private static bool Near(Place a, Place b) => a.Name == b.Name
        && (a.Number == b.Number || a.Room == b.Number || a.Number == b.Room || a.Unit == b.Number || a.Number == b.Unit);

    private static string Full(string text) => string.Concat(text.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c));

    private sealed record Place(string Admin, string Name, int Number, int? Unit, int? Room)
    {
        public string Written(int words, int numbers)
        {
            var text = new StringBuilder(Admin).Append(Name).Append(Number_(Number, numbers));
            text.Append(Unit is null ? "号" : words switch { 0 => "栋", 1 => "号楼", 2 => "幢", _ => "-" });
            if (Unit is { } unit)
            {
                text.Append(Number_(unit, numbers)).Append(words == 3 ? "-" : "单元");
            }

            if (Room is { } room)
            {
                text.Append(numbers == 0 ? room.ToString(CultureInfo.InvariantCulture) : string.Concat(room.ToString(CultureInfo.InvariantCulture).Select(c => numbers == 1 ? Numerals[c - '0'] : c)));
                text.Append(words == 3 ? "" : words == 2 ? "房" : "室");
            }

            return text.ToString();
        }

        /// <summary>Digits, numerals by place, or numerals by value.</summary>
        private static string Number_(int n, int how) => how switch
        {
            0 => n.ToString(CultureInfo.InvariantCulture),
            1 => string.Concat(n.ToString(CultureInfo.InvariantCulture).Select(c => Numerals[c - '0'])),
            _ => ByValue(n),
        };

        private static string ByValue(int n)
        {
            var text = new StringBuilder();
            if (n >= 100)
            {
                text.Append(Numerals[n / 100]).Append('百');
                if (n % 100 is > 0 and < 10)
                {
                    text.Append('零');
                }
            }

            if (n % 100 >= 10)
            {
                text.Append(n is < 20 ? "" : Numerals[n % 100 / 10].ToString()).Append('十');
            }

            return n % 10 > 0 ? text.Append(Numerals[n % 10]).ToString() : text.ToString();
        }
    }
}
