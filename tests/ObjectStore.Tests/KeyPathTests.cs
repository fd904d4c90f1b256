using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Keys are never paths, also on file systems that fold case or Unicode forms.</summary>
public sealed class KeyPathTests
{
    // Pieces that file systems take for one another, or for more than a name.
    private static readonly Gen<string> Keys = Gen.Elements(
            "a", "A", "é", "e\u0301", "É", "\u212A", "k", "K", "ß", "ss", "ﬁ", "fi", "ı", "I", "i", "/", "//", ".", "..", "/../", "\\", "..\\", ":", "*", "?", "%", "%41", "@", "+",
            " ", "\0", "\n", "\u202E", "con", "NUL", "~", "-", "_", "0", new string('x', 62), new string('é', 40))
        .NonEmptyListOf().Select(string.Concat).Where(key => Encoding.UTF8.GetByteCount(key) <= 1024);

    [Fact]
    public void No_two_keys_collide_where_case_and_unicode_forms_are_folded() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Keys.Two().ToArbitrary(), pair =>
            (Folded(KeyPath.OfObject(pair.Item1)) == Folded(KeyPath.OfObject(pair.Item2))) == (pair.Item1 == pair.Item2)));

    [Theory]
    [InlineData("a", "A")]
    [InlineData("é", "É")]
    [InlineData("é", "e\u0301")]
    [InlineData("\u212A", "K")]
    [InlineData("\u212A", "k")]
    [InlineData("ß", "ss")]
    [InlineData("a/b", "a//b")]
    [InlineData("a", "a/")]
    [InlineData("%41", "A")]
    [InlineData("a+/b", "a+b")]
    [InlineData("a@", "a")]
    [InlineData("a.", "a")]
    [InlineData(".a", "a")]
    public void Keys_that_look_alike_lie_apart(string one, string other) => Folded(KeyPath.OfObject(one)).ShouldNotBe(Folded(KeyPath.OfObject(other)));

    [Fact]
    public void Every_name_is_short_plain_and_leads_nowhere_else() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Keys.ToArbitrary(), key =>
        {
            var path = KeyPath.OfObject(key);
            Path.GetFullPath(path, "/bucket").ShouldBe($"/bucket/{path}");
            foreach (var name in path.Split('/'))
            {
                name.Length.ShouldBeInRange(1, 255);
                name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c) || c is '-' or '_' or '.' or '%' or '@' or '+').ShouldBeTrue(name);
                // Windows drops a dot at the end; one in front hides.
                name.ShouldNotStartWith(".");
                name.ShouldNotEndWith(".");
            }

            return true;
        }));

    [Fact]
    public void The_key_comes_back_from_its_path() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Keys.ToArbitrary(), key =>
        {
            var names = KeyPath.OfObject(key).Split('/');
            var bytes = names.SelectMany((name, i) => KeyPath.Decode(name, isFolder: i < names.Length - 1)).ToArray();
            return Encoding.UTF8.GetString(bytes) == key;
        }));

    // As a file system that tells apart neither case nor Unicode forms sees it.
    private static string Folded(string path) => path.Normalize(NormalizationForm.FormKC).ToUpperInvariant();
}
