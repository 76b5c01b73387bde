/// Any bytes: HTML says the same wherever its pieces end, and never more than it had.
#include "common/privacy/html_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace mail::privacy;

namespace
{

std::string text_of(std::string_view html, HtmlText::Tags tags, std::size_t piece)
{
    StringSink sink;
    HtmlText text(sink, tags);
    for (; !html.empty(); html.remove_prefix(std::min(piece, html.size()))) {
        text.feed(html.substr(0, piece));
    }
    text.finish();
    return sink.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view html(reinterpret_cast<const char*>(data), size);
    for (const auto tags : {HtmlText::Tags::removed, HtmlText::Tags::kept}) {
        const auto whole = text_of(html, tags, size + 1);
        if (whole.size() > html.size()) std::abort();
        if (text_of(html, tags, 1) != whole || text_of(html, tags, 7) != whole) std::abort();
    }
    const bool changes = text_of(html, HtmlText::Tags::kept, size + 1) != html;
    if (changes && !has_reference_or_invisible(html)) std::abort();
    return 0;
}
