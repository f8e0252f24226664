using Anhu.Linkage.Chinese;
using CsCheck;

namespace Anhu.Linkage.Tests.Chinese;

public sealed class ChineseAddressComparerTests
{
    private static readonly ChineseAddressComparer Comparer = new();

    /// <summary>Province, city, county, town, village, group, road, number, compound, building, unit, room.</summary>
    [Theory]
    [InlineData("安徽省合肥市蜀山区长江西路12号阳光小区3栋2单元501室", "安徽|合肥|蜀山||||长江西路|12|阳光|3|2|501")]
    [InlineData("安徽省合肥市蜀山区三里庵街道长江西路12号", "安徽|合肥|蜀山|三里庵|||长江西路|12||||")]
    [InlineData("长江西路12号阳光小区3-2-501", "||||||长江西路|12|阳光|3|2|501")]
    [InlineData("阳光小区3幢2单元501", "||||||||阳光|3|2|501")]
    [InlineData("阳光小区３号楼２单元５０１室", "||||||||阳光|3|2|501")]
    [InlineData("阳光小区三栋二单元五零一室", "||||||||阳光|3|2|501")]
    [InlineData("阳光小区 3 栋 501 室", "||||||||阳光|3||501")]
    [InlineData("阳光小区3-501", "||||||||阳光|3||501")]
    [InlineData("阳光小区03栋0501室", "||||||||阳光|3||501")]
    [InlineData("阳光小区3#501", "||||||||阳光|3||501")]
    [InlineData("阳光小区3#楼2-501", "||||||||阳光|3|2|501")]
    [InlineData("绿地中心A座1203室", "||||||||绿地中心|A||1203")]
    [InlineData("幸福新村12号楼3门401", "||||||||幸福新村|12|3|401")]
    [InlineData("长江西路12号院3号楼2单元501", "||||||长江西路|12||3|2|501")]
    [InlineData("长江西路十二号", "||||||长江西路|12||||")]
    [InlineData("长江西路12", "||||||长江西路|12||||")]
    [InlineData("长江西路12-1号", "||||||长江西路|12-1||||")]
    [InlineData("人民南路二段12号", "||||||人民南路二段|12||||")]
    [InlineData("中关村大街1号", "||||||中关村大街|1||||")]
    [InlineData("上海市浦东新区张杨路12弄5号501室", "上海||浦东新||||张杨路|12||5||501")]
    [InlineData("北京市朝阳区建国路88号", "北京||朝阳||||建国路|88||||")]
    [InlineData("南锣鼓巷15号", "||||||南锣鼓巷|15||||")]
    [InlineData("帽儿胡同9号", "||||||帽儿胡同|9||||")]
    [InlineData("建设大道二十三号1-2-301", "||||||建设大道|23||1|2|301")]
    [InlineData("石桥镇王家村3组12号", "|||石桥|王家|3||12||||")]
    [InlineData("石桥镇王家村三组十二号", "|||石桥|王家|3||12||||")]
    [InlineData("石桥镇王家村第三村民组12号", "|||石桥|王家|3||12||||")]
    [InlineData("石桥乡王家村大塘组", "|||石桥|王家|大塘||||||")]
    [InlineData("肥西县石桥镇王家村民委员会3队", "||肥西|石桥|王家|3||||||")]
    [InlineData("石桥镇王家庄12号", "|||石桥|王家庄|||12||||")]
    [InlineData("王家村12号", "||||王家|||12||||")]
    [InlineData("石桥镇王家村", "|||石桥|王家|||||||")]
    [InlineData("江西省景德镇市珠山区新厂街道", "江西|景德镇|珠山|新厂||||||||")]
    [InlineData("河南省新乡市红旗区", "河南|新乡|红旗|||||||||")]
    [InlineData("广西壮族自治区南宁市青秀区", "广西|南宁|青秀|||||||||")]
    [InlineData("新疆维吾尔自治区伊犁哈萨克自治州伊宁市", "新疆|伊犁哈萨克自治|伊宁|||||||||")]
    [InlineData("安徽省安庆市桐城市文昌街道", "安徽|安庆|桐城|文昌||||||||")]
    [InlineData("笔架山街道翠竹园社区贵池路6号", "|||笔架山|翠竹园||贵池路|6||||")]
    [InlineData("翠竹园社区居委会", "||||翠竹园|||||||")]
    [InlineData("城关镇市场路12号", "|||城关|||市场路|12||||")]
    [InlineData("长江路（近三孝口）12号", "||||||长江路|12||||")]
    [InlineData("合肥火车站附近", "||||||||合肥火车站|||")]
    [InlineData("長江西路12號陽光小區3棟", "||||||长江西路|12|阳光|3||")]
    [InlineData("阳光花园二期8栋", "||||||||阳光花园二期|8||")]
    [InlineData("瑶海区胜利路街道濉溪东路社区居委会12号", "||瑶海|胜利路|濉溪东路|||12||||")]
    [InlineData("肥东县撮镇镇撮城社区村民委员会", "||肥东|撮镇|撮城|||||||")]
    [InlineData("肥东县店埠镇镇西社区", "||肥东|店埠|镇西|||||||")]
    [InlineData("长丰县朱巷镇耿岗村民委员会", "||长丰|朱巷|耿岗|||||||")]
    [InlineData("庐江县乐桥镇檀巷村12号", "||庐江|乐桥|檀巷|||12||||")]
    [InlineData("安徽省合肥市瑶海区合肥龙岗综合经济开发区马岗社区", "安徽|合肥|瑶海|合肥龙岗综合经济开发|马岗|||||||")]
    [InlineData("合肥市合肥高新技术产业开发区兴园社区服务中心银杏社区委员会", "|合肥|合肥高新技术产业开发|兴园|银杏|||||||")]
    [InlineData("包河区滨湖世纪社区琼临居民委员会", "||包河|滨湖世纪|琼临|||||||")]
    [InlineData("肥西县紫蓬山管委会堰湾社区", "||肥西|紫蓬山|堰湾|||||||")]
    [InlineData("海淀区中关村南大街5号院12号楼3单元401室", "||海淀||||中关村南大街|5||12|3|401")]
    [InlineData("庐阳区阜阳路与北一环交口东方商城3楼", "||庐阳||||阜阳路||东方商城|||")]
    [InlineData("肥西县上派镇巢湖路与青年路交口向东50米", "||肥西|上派|||巢湖路|||||")]
    [InlineData("马鞍山路万达广场7号写字楼1203", "||||||马鞍山路||万达广场|7||1203")]
    [InlineData("新疆乌鲁木齐市天山区解放北路120号", "新疆|乌鲁木齐|天山||||解放北路|120||||")]
    [InlineData("安徽合肥蜀山区黄山路601号", "安徽||合肥蜀山||||黄山路|601||||")]
    [InlineData("安徽大学磬苑校区", "||||||||安徽大学磬苑校区|||")]
    [InlineData("永宁县前进东路22号", "||永宁||||前进东路|22||||")]
    [InlineData("肥西县城关镇政府", "||肥西|城关|||||政府|||")]
    [InlineData("石桥镇中学", "|||石桥|||||中学|||")]
    [InlineData("河南路12号", "||||||河南路|12||||")]
    [InlineData("合肥市第一人民医院", "|合肥|||||||第一人民医院|||")]
    [InlineData("不详", "")]
    [InlineData("无固定住所", "")]
    [InlineData("--", "")]
    [InlineData("N/A", "")]
    public void Address_OfAnyWriting_IsReadByParts(string address, string parts) => Assert.Equal(parts, Comparer.Normalised(address));

    [Theory]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "长江西路12号阳光小区3-2-501", "equal")]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "阳光小区3幢2单元501", "same-home")]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "阳光小区3栋501室", "same-home")]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "长江西路13号阳光小区3栋501室", "same-home")]
    [InlineData("安徽省合肥市蜀山区长江西路12号", "长江西路12号", "same-home")]
    [InlineData("安徽省合肥市巢湖市半汤街道温泉社区12号", "巢湖市半汤街道温泉社区12号", "same-home")]
    [InlineData("石桥镇王家村3组12号", "王家村12号", "same-home")]
    [InlineData("长江西路12号3栋501室", "长江西路12号3栋2单元501室", "same-home")]
    [InlineData("阳光小区3栋2单元501室", "阳光小区3栋2单元601室", "room-near")]
    [InlineData("阳光小区3栋2单元1502室", "阳光小区3栋2单元1520室", "room-near")]
    [InlineData("阳光小区3栋2单元501室", "阳光小区3栋", "room-near")]
    [InlineData("长江西路12号3栋501室", "长江西路12号3栋", "room-near")]
    [InlineData("长江西路12号3栋501室", "长江西路12号3栋502室", "room-near")]
    [InlineData("长江西路12号3栋501室", "长江西路12号3栋1703室", "same-building")]
    [InlineData("阳光小区3栋2单元501室", "阳光小区3栋1单元501室", "same-building")]
    [InlineData("阳光小区3栋2单元501室", "阳光小区3栋1704室", "same-building")]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "长江西路12号", "same-number")]
    [InlineData("长江西路12号阳光小区3栋2单元501室", "长江西路12号阳光小区5栋2单元501室", "same-number")]
    [InlineData("长江西路12号", "长江西路13号", "number-near")]
    [InlineData("长江西路123号", "长江西路132号", "number-near")]
    [InlineData("石桥镇王家村3组12号", "石桥镇王家村3组13号", "number-near")]
    [InlineData("阳光小区3栋501室", "阳光小区5栋301室", "same-neighbourhood")]
    [InlineData("石桥镇王家村3组12号", "王家村3组", "same-neighbourhood")]
    [InlineData("长江西路12号", "长江西路238号", "same-street")]
    [InlineData("石桥镇王家村3组12号", "石桥镇王家村5组", "same-street")]
    [InlineData("长江西路12号", "长江西路", "number-missing")]
    [InlineData("石桥镇王家村3组12号", "石桥镇王家村", "number-missing")]
    [InlineData("石桥镇王家村3组12号", "石桥镇李家村3组12号", "same-town")]
    [InlineData("肥西县巢湖路12号", "肥西县阳光小区3栋501室", "same-county")]
    [InlineData("肥西县石桥镇王家村3组12号", "肥西县", "same-county")]
    [InlineData("肥西县石桥镇王家村3组12号", "肥西县桃花镇李家村3组12号", "elsewhere-in-county")]
    [InlineData("肥西县巢湖路12号", "肥西县青年路12号", "elsewhere-in-county")]
    [InlineData("长江西路12号", "阳光小区3栋501室", "nothing-in-common")]
    [InlineData("长江西路12号", "王家村3组", "different")]
    [InlineData("长江西路12号", "黄山路12号", "different")]
    [InlineData("合肥市蜀山区长江西路12号", "合肥市包河区长江西路12号", "different")]
    [InlineData("不详", "长江西路12号", "missing")]
    public void Addresses_OfEachLevel(string a, string b, string level) => Assert.Equal(level, Comparer.Level(a, b));

    [Fact]
    public void Address_OfOneHomeInItsWritings_IsTheSameHome() =>
        Gen.Select(Gen.OneOf(Gen.Const("中山"), Gen.Const("人民"), Gen.Const("团结")), Gen.Int[1, 400], Gen.OneOf(Gen.Const("阳光小区"), Gen.Const("锦绣花园"), Gen.Const("翠湖苑")), Gen.Int[1, 30], Gen.Int[1, 4], Gen.Int[101, 2404])
            .Sample((road, no, estate, building, unit, room) =>
            {
                var full = FormattableString.Invariant($"{road}路{no}号{estate}{building}栋{unit}单元{room}室");
                Assert.Equal("equal", Comparer.Level(full, FormattableString.Invariant($"{road}路{no}号{estate}{building}-{unit}-{room}")));
                Assert.Equal("same-home", Comparer.Level(full, FormattableString.Invariant($"{estate}{building}幢{unit}单元{room}")));
                Assert.Equal("same-home", Comparer.Level(full, FormattableString.Invariant($"{estate}{building}栋{room}室")));
                Assert.Equal("same-number", Comparer.Level(full, FormattableString.Invariant($"{road}路{no}号")));
                Assert.Equal("room-near", Comparer.Level(full, FormattableString.Invariant($"{road}路{no}号{estate}{building}栋{unit}单元{room + 100}室")));
            });

    /// <summary>Names as the statistics office writes them, with every oddity that a city has: 撮镇镇, 陈村路社区, 滨湖世纪社区琼临居委会.</summary>
    [Fact]
    public void HouseInAnyCommunityOfHefei_IsToldFromItsNeighbours_WithOrWithoutItsRegion()
    {
        var regions = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "regions.csv")).Skip(1).Select(line => line.Split(',')).ToDictionary(row => row[0]);
        var communities = regions.Values.Where(row => row[2] == "community").Select(row => (Name: row[1], Town: regions[row[3]][1], County: regions[regions[row[3]][3]][1])).ToList();
        var failed = new List<string>();
        for (var i = 0; i < communities.Count; i++)
        {
            var (name, town, county) = communities[i];
            var whole = $"安徽省合肥市{county}{town}{name}12号";
            if (Comparer.Level(whole, $"{county}{town}{name}12号") is not ("same-home" or "equal"))
            {
                failed.Add($"{whole} ~ {town}{name}12号");
            }

            if (i > 0 && Comparer.Level(whole, $"合肥市{communities[i - 1].County}{communities[i - 1].Town}{communities[i - 1].Name}12号") is "same-home" or "equal" or "number-near")
            {
                failed.Add($"{whole} ~ {communities[i - 1].Name}");
            }
        }

        Assert.Equal(1_773, communities.Count);
        // Four have the name of a road or a zone in them: 铁路一村社区, 分路口社区.
        Assert.True(failed.Count <= 4, string.Join("\n", failed));
    }

    [Fact]
    public void Parts_OfAnyLength_AreWhatStandsBetweenTheBars() => Gen.OneOf(Gen.Const('|'), Gen.Char['a', 'c'], Gen.Const('号')).Array[0, 90].Sample(characters =>
    {
        var parts = new AddressParts(characters);
        var expected = new string(characters).Split('|');

        for (var part = AddressPart.Province; part <= AddressPart.Room; part++)
        {
            Assert.Equal((int)part < expected.Length ? expected[(int)part] : "", parts[part].ToString());
        }
    });

    [Theory]
    [InlineData("address-number", "长江西路12号阳光小区3栋", "长江西路|12")]
    [InlineData("address-number", "石桥镇王家村3组12号", "王家|12")]
    [InlineData("address-number", "阳光小区3栋", "")]
    [InlineData("address-room", "长江西路12号阳光小区3栋2单元501室", "阳光|3|501")]
    [InlineData("address-room", "长江西路12号501室", "长江西路|12|501")]
    [InlineData("address-room", "王家村3组12号", "王家|12")]
    [InlineData("address-room", "长江西路12号", "")]
    [InlineData("address-building", "阳光小区3栋2单元501室", "阳光|3")]
    [InlineData("address-county", "安徽省合肥市蜀山区长江西路", "蜀山")]
    public void Keys_OfAnAddress(string key, string address, string expected) => Assert.Equal(expected, Comparing.Key(key, "chinese-address", address));
}
