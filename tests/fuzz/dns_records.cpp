/// TXT records of strangers: SPF and DMARC. What is read stands in the text, and is bounded.
#include <cstdint>
#include <cstdlib>

#include "common/dns/dmarc.h"
#include "common/dns/spf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto terms = mail::dns::parse_spf(text)) {
        if (terms->size() > 200) std::abort();
        for (const auto& term : *terms) {
            if (text.find(term.text) == text.npos) std::abort();
            if ((term.kind == mail::dns::SpfTerm::Kind::network) != term.network.has_value())
                std::abort();
        }
    }
    const auto addresses = mail::dns::dmarc_report_addresses(text);
    if (addresses.size() > 100) std::abort();
    for (const auto& address : addresses)
        if (text.find(address) == text.npos) std::abort();
    return 0;
}
