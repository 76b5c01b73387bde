// sendmail's command line, the words cut at NUL: whatever its callers say, sound arguments or one
// line about what is wrong. Of what it takes for recipients none vanishes behind --.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "postoffice/submit/preparation.h"
#include "postoffice/submit/sendmail_arguments.h"
#include "postoffice/submit/sendmail_flags.h"

namespace
{

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find('\0'), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

void prepare(const postoffice::submit::SendmailArguments& arguments)
{
    const mail::WallTime now{std::chrono::seconds(1795163247)};
    const auto record = postoffice::submit::prepared_mail("To: ann@d.example\n\nx\n", arguments,
                                                          {"web", "app.example"}, now);
    if (!record) return;
    if (record->envelope.recipients.empty()) std::abort();
    for (const std::string& recipient : record->envelope.recipients)
        if (recipient.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace postoffice::submit;
    const auto words = words_of({reinterpret_cast<const char*>(data), size});
    for (const char* program : {"sendmail", "mail", "mailq"}) {
        const auto arguments = parse_sendmail_arguments(program, words);
        if (!arguments) {
            if (arguments.error().step.empty()) std::abort();
            continue;
        }
        for (const auto& [name, value] : arguments->settings)
            if (find_long_option(name) == nullptr) std::abort();
        const auto dashes = std::find(words.begin(), words.end(), "--");
        const auto behind = std::count_if(dashes, words.end(),
                                          [](const std::string& word) { return !word.empty(); });
        const auto values = static_cast<std::ptrdiff_t>(arguments->recipients.size());
        // The first -- may itself be a flag's value; then the next one counts.
        if (dashes != words.end() && dashes == words.begin() && behind - 1 != values) std::abort();
        prepare(*arguments);
    }
    return 0;
}
