/// The genericstable, up to a byte 1, and behind it a sender: whatever is in them, an address
/// without a line end, or none; the null sender stays.
#include "postman/accounts/genericstable.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t split = text.find('\x01');
    auto table = postman::GenericsTable::parse(text.substr(0, split));
    if (!table) return 0;
    table->add_domain("web1.internal");
    table->take_entire_domains();
    if (table->mapped("")) std::abort();
    const std::string_view sender = split == text.npos ? "root" : text.substr(split + 1);
    if (sender.find_first_of("\r\n") != sender.npos) return 0;
    const auto mapped = table->mapped(sender);
    if (mapped && (mapped->empty() || mapped->find('\n') != mapped->npos)) std::abort();
    return 0;
}
