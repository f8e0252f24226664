using Anhu.Modules.Alarms;

namespace Anhu.Modules.Demo;

/// <summary>What call takers write, put together from what happened. All of it is invented.</summary>
internal static class DemoTexts
{
    private static readonly string[] Causes =
        ["因家庭琐事", "因孩子教育问题", "因经济问题", "因怀疑对方有外遇", "酒后", "因赌博欠债", "因离婚事宜", "因赡养问题", "因家务分工", "因手机聊天记录"];

    private static readonly string[] Acts = ["殴打", "推搡、扇耳光", "拳打脚踢", "摔砸物品并殴打", "拖拽", "辱骂、推搡"];

    private static readonly string[] Quarrels = ["发生争吵，摔砸物品", "发生口角，要求民警调解", "长期争吵，情绪激动", "争吵后将其锁在门外", "因拿走身份证件发生争执"];

    /// <summary>The abuser as the victim calls him or her.</summary>
    /// <param name="family">The family.</param>
    public static string Abuser(DemoFamily family)
    {
        var male = family.Perpetrator.Sex == Sex.Male;
        return family.Tie switch
        {
            DemoTie.Spouse => male ? "丈夫" : "妻子",
            DemoTie.ExSpouse => male ? "前夫" : "前妻",
            DemoTie.Cohabitant => male ? "同居男友" : "同居女友",
            DemoTie.Parent => male ? "父亲" : "母亲",
            DemoTie.Child => male ? "儿子" : "女儿",
            DemoTie.Sibling => male ? "哥哥" : "姐姐",
            DemoTie.InLaw => male ? "公公" : "婆婆",
        };
    }

    /// <summary>The contract's word for the abuser's relation to the victim.</summary>
    /// <param name="tie">Who hurts whom.</param>
    public static string Relation(DemoTie tie) => tie switch
    {
        DemoTie.Spouse => "spouse",
        DemoTie.ExSpouse => "ex-spouse",
        DemoTie.Cohabitant => "cohabitant",
        DemoTie.Parent => "parent",
        DemoTie.Child => "child",
        DemoTie.Sibling => "sibling",
        DemoTie.InLaw => "in-law",
    };

    /// <summary>What the call taker writes.</summary>
    /// <param name="family">The family.</param>
    /// <param name="facts">What happened.</param>
    /// <param name="caller">Who calls: <c>self</c>, <c>neighbour</c>, <c>relative</c>, <c>school</c>, <c>hospital</c>, <c>committee</c>.</param>
    /// <param name="earlier">How often it happened before.</param>
    /// <param name="random">Chance.</param>
    public static string Summary(DemoFamily family, DemoFacts facts, string caller, int earlier, Random random)
    {
        var abuser = Abuser(family);
        var start = caller switch
        {
            "self" => "报警人称",
            "neighbour" => "邻居反映该户",
            "school" => "学校报告：学生自述",
            "hospital" => "医院报告：急诊接诊一名患者，自述",
            "committee" => "社区工作人员反映，居民称",
            _ => "亲属代为报警，称受害人",
        };
        var text = new System.Text.StringBuilder(start);
        if (facts.Category == AlarmCategory.FamilyDispute)
        {
            text.Append(random.Pick(Causes)).Append('与').Append(abuser).Append(random.Pick(Quarrels));
        }
        else if (caller == "neighbour")
        {
            text.Append("有人打架，").Append(family.Victim.Sex == Sex.Female ? "有女子哭喊呼救" : "有人呼救");
        }
        else
        {
            text.Append(random.Pick(Causes)).Append('被').Append(abuser).Append(random.Pick(Acts));
        }

        Say(text, facts.Strangulation, "，被掐脖子");
        Say(text, facts.Weapon, random.Chance(0.6) ? "，对方持菜刀" : "，对方持棍棒");
        Say(text, facts.ThreatToKill, "，扬言要杀人");
        Say(text, facts.Injury switch
        {
            Injury.Minor => true,
            Injury.Light or Injury.Serious => true,
            Injury.Unknown or Injury.None or Injury.Death => null,
        }, facts.Injury == Injury.Minor ? random.Pick((string[])["，面部红肿", "，手臂淤青", "，头部擦伤"]) : random.Pick((string[])["，鼻骨骨折", "，肋骨疼痛送医", "，头部流血"]));
        Say(text, facts.ChildPresent, "，孩子在场");
        Say(text, facts.Alcohol, "，对方饮酒");
        Say(text, facts.Pregnant, "，受害人怀孕");
        if (earlier > 0 && random.Chance(0.5))
        {
            text.Append("，以前也报过警");
        }

        return text.Append('。').ToString();
    }

    /// <summary>What a call taker knows when the caller hangs up at once.</summary>
    /// <param name="random">Chance.</param>
    public static string Fragment(Random random) => random.Pick((string[])
        ["女子来电哭泣，称被打，电话中断，回拨无人接听。", "来电称家里有人打架，未说明身份即挂断。", "短信报警：快来，他在打我。", "路人反映楼上有打斗声，不清楚当事人。"]);

    private static void Say(System.Text.StringBuilder text, bool? fact, string words)
    {
        if (fact == true)
        {
            text.Append(words);
        }
    }
}

/// <summary>What happened in one occurrence. Null: not known.</summary>
internal sealed record DemoFacts(
    AlarmCategory Category, Injury Injury, bool? Weapon, bool? ThreatToKill, bool? Strangulation, bool? ChildPresent, bool? Pregnant, bool? Alcohol);
