/// Reading a record of our own writing, in one pass.
#include "common/json_text.h"
#include "common/spool/record.h"
#include "common/spool/record_members.h"

namespace mail
{
namespace
{

/// Takes a record apart from the front. After the first thing that it does not know, nothing more
/// counts.
class OwnReader
{
public:
    explicit OwnReader(std::string_view json) : json_(json) {}

    bool literal(std::string_view expected)
    {
        if (!json_.substr(at_).starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }

    bool text(std::string_view before, std::optional<std::string>& member)
    {
        return literal(before) && read_json_string(json_, at_, member.emplace());
    }

    /// As text(), for a member that may be most of the record.
    bool long_text(std::string_view before, std::optional<std::string>& member)
    {
        member.emplace().reserve(json_.size() - at_);
        return literal(before) && read_json_string(json_, at_, *member);
    }

    bool texts(std::string_view before, std::optional<std::vector<std::string>>& member)
    {
        if (!literal(before)) return false;
        member.emplace();
        if (literal("]")) return true;
        do {
            if (!read_json_string(json_, at_, member->emplace_back())) return false;
        } while (literal(","));
        return literal("]");
    }

    bool is_at_end() const { return at_ == json_.size(); }

private:
    std::string_view json_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<RecordMembers> read_own_record(std::string_view json)
{
    if (!is_utf8(json)) return std::nullopt;
    RecordMembers members;
    OwnReader reader(json);
    const bool is_ours = reader.text("{\"id\":", members.id) &&
                         reader.text(",\"mail_from\":", members.mail_from) &&
                         reader.texts(",\"rcpt_tos\":[", members.rcpt_tos) &&
                         reader.text(",\"subject\":", members.subject) &&
                         reader.long_text(",\"data\":", members.data) &&
                         reader.text(",\"data_encoding\":", members.data_encoding) &&
                         reader.text(",\"timestamp\":", members.timestamp) &&
                         reader.text(",\"sha256\":", members.sha256);
    if (!is_ours) return std::nullopt;
    members.smtputf8 = reader.literal(",\"smtputf8\":true");
    if (!reader.literal("}") || !reader.is_at_end()) return std::nullopt;
    return members;
}

}  // namespace mail
