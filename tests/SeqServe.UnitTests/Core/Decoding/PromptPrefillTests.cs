using SeqServe.Core.Decoding;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

public class PromptPrefillTests
{
    [Fact]
    public void Open_SecondRowsCannotBeMade_DisposesTheFirst()
    {
        using var model = new FakeDecoder();
        var made = 0;
        model.OnNewRows = () =>
        {
            if (++made == 2)
                throw new InvalidOperationException("no memory");
        };

        Assert.Throws<InvalidOperationException>(() => PromptPrefill.Open(model, padId: 0));

        Assert.Equal((2, 0), (made, model.OpenRows));
    }

    [Fact]
    public void Dispose_OfWhatWasOpened_DisposesBoth()
    {
        using var model = new FakeDecoder();

        PromptPrefill.Open(model, padId: 0).Dispose();

        Assert.Equal(0, model.OpenRows);
    }
}
