namespace Anhu.Modules.Shield;

/// <summary>The traditional characters that addresses are made of, and their simplified ones. Small on purpose: what is missing is only compared as written.</summary>
internal static class Script
{
    private const string Pairs =
        "號号樓楼棟栋單单區区縣县鎮镇鄉乡廈厦園园莊庄灣湾東东門门電电國国華华龍龙鳳凤馬马鳥鸟橋桥運运鐵铁車车場场廣广廟庙塘塘溝沟溪溪嶺岭島岛濱滨河河湖湖" +
        "陽阳陰阴雲云興兴發发長长達达聯联興兴學学醫医院院廠厂庫库業业務务勞劳動动衛卫寶宝財财貴贵貿贸賓宾館馆飯饭樂乐藝艺書书畫画圖图報报" +
        "紅红綠绿藍蓝黃黄銀银鋼钢鋒锋錦锦鑫鑫錢钱鋪铺鎖锁鐘钟鑼锣開开關关間间閣阁閘闸閩闽陳陈陸陆隊队際际險险雙双雞鸡離离難难霧雾靜静頂顶順顺項项顧顾" +
        "風风飛飞餘余養养驛驿體体魚鱼鮮鲜鹽盐麗丽麥麦點点齊齐齒齿盧卢蘆芦蘇苏蘭兰蕭萧薊蓟葉叶蒼苍處处虛虚螢萤術术補补裝装裡里裏里西西親亲觀观訂订" +
        "計计記记許许設设詩诗話话詳详語语誠诚課课調调論论諸诸謝谢證证譽誉讓让貝贝買买賣卖趙赵趨趋躍跃軍军輕轻輝辉輪轮農农連连進进遠远適适選选遷迁鄧邓鄭郑" +
        "釣钓釘钉鈴铃鉅巨銅铜嘉嘉嚴严園园團团圓圆墻墙牆墙壩坝壯壮壽寿夢梦夾夹奧奥婦妇嬰婴孫孙寧宁實实寬宽將将專专對对導导層层屬属岡冈崗岗峽峡嶽岳幣币師师帶带" +
        "幹干庭庭廳厅彎弯強强彥彦後后從从徑径復复徵征德德恆恒惠惠愛爱慶庆應应懷怀戰战戲戏戶户擴扩攝摄數数斷断時时晉晋書书會会條条楊杨榮荣構构槍枪樁桩樣样樹树橫横檢检" +
        "歐欧歲岁歷历殘残殺杀毀毁氣气漢汉漁渔滬沪潔洁潤润澗涧澤泽濟济瀋沈瀏浏瀝沥灘滩爐炉爾尔牽牵獨独獎奖環环瑪玛瓊琼產产畢毕異异當当瘋疯療疗盛盛盤盘眾众碼码磚砖" +
        "禮礼禪禅種种稱称穀谷積积穩稳窩窝竇窦筆笔筍笋節节範范築筑簡简籃篮籌筹籬篱粵粤紀纪約约級级純纯紙纸細细終终結结給给統统絲丝經经綜综維维網网緒绪線线緣缘編编緩缓" +
        "縱纵總总績绩織织繞绕繼继續续罷罢義义習习聖圣聞闻職职聽听腳脚腸肠臨临舊旧艦舰芻刍莖茎莢荚萬万著着蓋盖蓮莲蔣蒋蔭荫薦荐藥药護护測测試试營营聚聚臺台灶灶墳坟";

    private static readonly Dictionary<char, char> Simplified = Build();

    /// <summary>The simplified character of one.</summary>
    /// <param name="c">Any character.</param>
    public static char Simplify(char c) => c < '\u2E80' ? c : Simplified.GetValueOrDefault(c, c);

    private static Dictionary<char, char> Build()
    {
        var table = new Dictionary<char, char>();
        for (var i = 0; i + 1 < Pairs.Length; i += 2)
        {
            table.TryAdd(Pairs[i], Pairs[i + 1]);
        }

        return table;
    }
}
