using Anhu.Linkage.Records;

namespace Anhu.Linkage.Tests;

public sealed class ShippedModelTests
{
    [Fact]
    public void ModelOfThePlatform_IsTrainedForTheComparersThatShip()
    {
        var model = LinkageModel.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "people.json")));
        var table = new RecordTable(model);
        foreach (var id in new[] { "a", "b" })
        {
            table.Begin(id);
            for (var column = 0; column < table.Columns.Count; column++)
            {
                table.Set(column, table.Columns[column] switch { "name" => "王小明", "idNumber" => "340102199003070018", "report" => id, _ => "" });
            }

            table.End();
        }

        var result = People.Link(table);

        Assert.NotNull(model.Trained);
        Assert.Equal(result.Clusters[0], result.Clusters[1]);
    }
}
