#include "common/privacy/header_edits.h"

#include <algorithm>
#include <utility>

namespace mail::privacy
{

void HeaderEdits::drop(const HeaderField& field)
{
    const auto end = field.offset + field.raw.size();
    if (!edits_.empty() && edits_.back().replacement == kDropped &&
        edits_.back().end == field.offset) {
        edits_.back().end = end;
    } else {
        edits_.push_back({field.offset, end, kDropped});
    }
}

void HeaderEdits::replace_body(const HeaderField& field, std::string body)
{
    const auto before = static_cast<std::size_t>(field.body.data() - field.raw.data());
    const auto begin = field.offset + before;
    edits_.push_back({begin, begin + field.body.size(), replacements_.size()});
    replacements_.push_back(std::move(body));
}

std::string HeaderEdits::applied_to(std::string content) const
{
    if (edits_.empty()) return content;
    auto in_order = edits_;
    std::sort(in_order.begin(), in_order.end(),
              [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
    std::string edited;  // all up to the end of the last edit
    std::size_t copied = 0;
    for (const auto& edit : in_order) {
        if (edit.begin < copied) continue;  // inside what went already
        edited.append(content, copied, edit.begin - copied);
        if (edit.replacement != kDropped) edited.append(replacements_[edit.replacement]);
        copied = edit.end;
    }
    return std::move(content.replace(0, copied, edited));
}

}  // namespace mail::privacy
