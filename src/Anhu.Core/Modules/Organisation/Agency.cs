namespace Anhu.Modules.Organisation;

/// <summary>A kind of department that answers for part of a domestic-violence case (handbook §3.2).</summary>
public enum Agency
{
    /// <summary>Public security: command centre, branch, police station (公安).</summary>
    Police,

    /// <summary>Women's federation (妇联).</summary>
    WomensFederation,

    /// <summary>People's procuratorate (检察院).</summary>
    Procuratorate,

    /// <summary>People's court (法院).</summary>
    Court,

    /// <summary>Justice administration: bureau, legal aid, justice office (司法行政).</summary>
    Justice,

    /// <summary>Civil affairs: relief station, shelter, minors' protection (民政).</summary>
    CivilAffairs,

    /// <summary>Education (教育).</summary>
    Education,

    /// <summary>Health commission and hospitals (卫生健康).</summary>
    Health,

    /// <summary>Press, publication, radio, film and television (新闻出版、广播电视).</summary>
    Press,

    /// <summary>Trade unions (工会).</summary>
    TradeUnion,

    /// <summary>Communist Youth League (共青团).</summary>
    YouthLeague,

    /// <summary>Disabled Persons' Federation (残联).</summary>
    DisabledPersonsFederation,

    /// <summary>Street or township government with its governance centre (街道、乡镇).</summary>
    StreetOffice,

    /// <summary>Residents' or villagers' committee, with its office at the street (社区、村).</summary>
    CommunityOffice,

    /// <summary>Political-legal committee (政法委).</summary>
    PoliticalLegalCommittee,
}
