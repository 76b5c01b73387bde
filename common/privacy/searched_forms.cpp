/// The forms of a value as people read them: `postmaster origin`.
#include <array>
#include <cstdio>

#include "common/privacy/ip_address.h"
#include "common/privacy/origin_forms.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;

template <class... Values>
std::string printed(const char* format, Values... values)
{
    std::array<char, 256> buffer{};
    const auto size = std::snprintf(buffer.data(), buffer.size(), format, values...);
    return {buffer.data(), static_cast<std::size_t>(size)};
}

std::vector<SearchedForm> forms_v4(const IpAddress& address)
{
    const unsigned a = address.octets[12];
    const unsigned b = address.octets[13];
    const unsigned c = address.octets[14];
    const unsigned d = address.octets[15];
    const unsigned number = a << 24 | b << 16 | c << 8 | d;
    return {
        {Form::plain, address.text()},
        {Form::zero_padded, printed("%03u.%03u.%03u.%03u", a, b, c, d)},
        {Form::integer, printed("%u", number)},
        {Form::hexadecimal, printed("0x%08x", number)},
        {Form::hexadecimal, printed("%08x", number)},
        {Form::hexadecimal, printed("0x%x.0x%x.0x%x.0x%x", a, b, c, d)},
        {Form::hexadecimal, printed("%02x.%02x.%02x.%02x", a, b, c, d)},
        {Form::octal, printed("0%o.0%o.0%o.0%o", a, b, c, d)},
        {Form::octal, printed("0%o", number)},
        {Form::mapped_ipv6, printed("::ffff:%u.%u.%u.%u", a, b, c, d)},
        {Form::mapped_ipv6, printed("::ffff:%02x%02x:%02x%02x", a, b, c, d)},
        {Form::reverse_name, printed("%u.%u.%u.%u.in-addr.arpa", d, c, b, a)},
        {Form::reverse_name, printed("%u.%u.%u.%u.static…", d, c, b, a)},
        {Form::dashed, printed("ip-%u-%u-%u-%u", a, b, c, d)},
    };
}

std::vector<SearchedForm> forms_v6(const IpAddress& address)
{
    std::string full;
    std::string digits;
    std::string nibbles;
    for (std::size_t i = 0; i < address.octets.size(); ++i) {
        const unsigned octet = address.octets[i];
        if (i > 0 && i % 2 == 0) full += ':';
        full += printed("%02x", octet);
        digits += printed("%02x", octet);
        nibbles = printed("%x.%x.", octet & 15U, octet >> 4) + nibbles;
    }
    return {{Form::plain, address.text()},
            {Form::hexadecimal, "0x" + digits},
            {Form::hexadecimal, digits},
            {Form::full_ipv6, full},
            {Form::reverse_name, nibbles + "ip6.arpa"}};
}

std::vector<SearchedForm> forms_of_network(const IpNetwork& network)
{
    auto forms = network.base.is_v4() ? forms_v4(network.base) : forms_v6(network.base);
    for (auto& form : forms) form.text = "each address in it, as in " + form.text;
    return forms;
}

void append_literals(const OriginValue& value, const FormSet& wanted,
                     std::vector<SearchedForm>& forms)
{
    for (const auto& literal : literals_of(value, 0, wanted)) {
        auto text = literal.text;
        if (text.find('\n') != text.npos) continue;  // a phrase over the end of a line
        if (literal.form == Form::short_name) {
            text = (literal.is_common ? "@" : "") + text + " (in headers)";
        }
        forms.push_back({literal.form, std::move(text)});
    }
}

}  // namespace

std::vector<SearchedForm> searched_forms(const OriginValue& value, const FormSet& wanted)
{
    std::vector<SearchedForm> forms;
    if (value.kind == Kind::network) {
        if (const auto network = IpNetwork::parse(value.value)) forms = forms_of_network(*network);
    } else if (value.kind == Kind::address) {
        if (const auto address = IpAddress::parse(value.value))
            forms = address->is_v4() ? forms_v4(*address) : forms_v6(*address);
    }
    std::erase_if(forms, [&](const SearchedForm& each) {
        return !wanted.test(static_cast<std::size_t>(each.form));
    });
    if (value.kind == Kind::network) {
        if (wanted.test(static_cast<std::size_t>(Form::base64)))
            forms.push_back({Form::base64, "each address in it, as written, in base64"});
        return forms;
    }
    append_literals(value, wanted, forms);
    return forms;
}

}  // namespace mail::privacy
