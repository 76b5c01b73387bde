#include "common/privacy/html_text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;

namespace
{

std::string text_of(std::string_view html, HtmlText::Tags tags, std::size_t piece)
{
    StringSink sink;
    HtmlText text(sink, tags);
    for (std::size_t at = 0; at < html.size(); at += piece) text.feed(html.substr(at, piece));
    text.finish();
    return sink.take();
}

}  // namespace

TEST_SUITE("privacy/html_text")
{
    struct Row {
        std::string html;
        std::string text;
    };

    TEST_CASE("HTML becomes what its reader sees, wherever its pieces end (WHATWG HTML 13.5)")
    {
        const std::vector<Row> rows = {
            {"", ""},
            {"a &lt; b", "a < b"},
            {"a&period;b&num;&colon;&sol;&commat;&hyphen;&lowbar;&NewLine;", "a.b#:/@-_\n"},
            {"&#46;&#46 &#x2e;&#X2E&#00046;", ".. ..."},
            {"&#;&#x;&;&x;&", "&#;&#x;&;&x;&"},
            {"&ampx &amp &periodx", "&x & &periodx"},
            {"b&uuml;cher b&uumlcher",
             "b\xC3\xBC"
             "cher b\xC3\xBC"
             "cher"},
            {"&#0;&#55296;&#1114112;&#99999999999999;",
             "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
            {"w<b>e</b>b<span class=\"x\">1</span>", "web1"},
            {"w<!-- <b> -- > -->eb1<!---->", "web1"},
            {"web<!-->1<!--->.int<!--x--!>ernal<!--[if !mso]><!-->!<!--<![endif]-->",
             "web1.internal!"},
            {"web\xEF\xBC\x91\xE3\x80\x82i\xEF\xBD\x8Et&#12290;&#x1D41E;\xF0\x9D\x90\x9E\xC2\xB9",
             "web1.int.ee1"},
            {"we\xF3\xA0\x81\xA1"
             "b\xF0\x9F\x98\x80\xE3\x81\x82",
             "web\xF0\x9F\x98\x80\xE3\x81\x82"},
            {"we<wbr>b&shy;1\xC2\xAD\xE2\x80\x8B.\xE2\x80\x91", "web1.-"},
            {"a<br>b<p>c</p>d<td>e", "a\nb\nc\nd\ne"},
            {"<w:p>a<w:r>b</w:r></w:p>c<w:tab/>d", "\nab\nc\nd"},
            {"1 < 2 <3 <", "1 < 2 <3 <"},
            {"<a title=\"x > y\">b</a>", "b"},
            {"<p title=don't>b", "\nb"},
            {"<a title='x", ""},
            {"caf\xC3\xA9 \xE2\x82\xAC \xC2", "caf\xC3\xA9 \xE2\x82\xAC \xC2"},
        };
        for (const auto& row : rows) {
            for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
                CAPTURE(row.html);
                CAPTURE(piece);
                CHECK(text_of(row.html, HtmlText::Tags::removed, piece) == row.text);
            }
        }
    }

    TEST_CASE("With its tags kept, references in them are read too")
    {
        const std::vector<Row> rows = {
            {"<a href=\"//web1&#46;x\">a&shy;b</a>", "<a href=\"//web1.x\">ab</a>"},
            {"<!-- &#46; -->", "<!-- . -->"},
        };
        for (const auto& row : rows) {
            for (const std::size_t piece : {1U, 1000U}) {
                CAPTURE(row.html);
                CHECK(text_of(row.html, HtmlText::Tags::kept, piece) == row.text);
            }
        }
    }

    TEST_CASE("A quote that never closes does not hide the rest")
    {
        const auto html = "<a title=\"" + std::string(70'000, 'x') + " web1<b></b>.internal";
        CHECK(text_of(html, HtmlText::Tags::removed, 16384).find("web1.internal") !=
              std::string::npos);
    }
}
