#include "common/privacy/html_values.h"

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

bool is_break(char octet)
{
    return octet == '\r' || octet == '\n' || octet == '\t';
}

}  // namespace

bool HtmlValues::feed(std::string_view html)
{
    for (const char octet : html) take(octet);
    return out_.is_wanted();
}

void HtmlValues::take(char octet)
{
    if (state_ == State::value && is_break(octet)) return;
    out_.put(octet);
    switch (state_) {
        case State::text:
            if (octet == '<') state_ = State::tag_begin;
            break;
        case State::tag_begin:
            state_ = is_letter(octet) ? State::tag : octet == '<' ? State::tag_begin : State::text;
            break;
        case State::value_begin:
            if (octet == '"' || octet == '\'') {
                quote_ = octet;
                state_ = State::value;
                break;
            }
            if (is_break(octet) || octet == ' ') break;
            state_ = State::tag;
            [[fallthrough]];
        case State::tag:
            if (octet == '=') state_ = State::value_begin;
            if (octet == '>') state_ = State::text;
            break;
        case State::value:
            if (octet == quote_) state_ = State::tag;
            break;
    }
}

void HtmlValues::finish()
{
    out_.flush();
    next_.finish();
}

}  // namespace mail::privacy
