/// Reading a record. For what is not of our own writing a SAX handler, so that nothing is built but
/// the members we know, and depth costs nothing.
#include <nlohmann/json.hpp>
#include <set>

#include "common/base64.h"
#include "common/spool/record.h"
#include "common/spool/record_members.h"

namespace mail
{
namespace
{

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 16;

class MemberReader final : public nlohmann::json_sax<Json>
{
public:
    explicit MemberReader(RecordMembers& members) : members_(members) {}

    const std::string& fault() const { return fault_; }

    bool null() override { return scalar("null"); }
    bool number_integer(number_integer_t) override { return scalar("a number"); }
    bool number_unsigned(number_unsigned_t) override { return scalar("a number"); }
    bool number_float(number_float_t, const string_t&) override { return scalar("a number"); }
    bool binary(binary_t&) override { return scalar("binary"); }

    bool boolean(bool value) override
    {
        if (depth_ == 1 && key_ == "smtputf8") {
            members_.smtputf8 = value;
            return true;
        }
        return scalar("a boolean");
    }

    bool string(string_t& value) override
    {
        if (depth_ == 2 && in_recipients_) {
            members_.rcpt_tos->push_back(std::move(value));
            return true;
        }
        if (depth_ != 1) return scalar("a string");
        if (auto* member = text_member()) {
            *member = std::move(value);
            return true;
        }
        return scalar("a string");
    }

    bool start_object(std::size_t) override
    {
        if (depth_ == 1 && is_known()) return fail(key_ + " is an object");
        if (in_recipients_) return fail("rcpt_tos holds an object");
        return deeper();
    }

    bool key(string_t& name) override
    {
        if (depth_ != 1) return true;
        key_ = std::move(name);
        if (!seen_.insert(key_).second) return fail("member " + key_ + " twice");
        return true;
    }

    bool end_object() override
    {
        --depth_;
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (depth_ == 0) return fail("not an object");
        if (in_recipients_) return fail("rcpt_tos holds an array");
        if (depth_ == 1 && key_ == "rcpt_tos") {
            members_.rcpt_tos.emplace();
            in_recipients_ = true;
        } else if (depth_ == 1 && is_known()) {
            return fail(key_ + " is an array");
        }
        return deeper();
    }

    bool end_array() override
    {
        --depth_;
        if (depth_ == 1) in_recipients_ = false;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override
    {
        return fail("not JSON at byte " + std::to_string(position));
    }

private:
    std::optional<std::string>* text_member()
    {
        if (key_ == "id") return &members_.id;
        if (key_ == "mail_from") return &members_.mail_from;
        if (key_ == "subject") return &members_.subject;
        if (key_ == "data") return &members_.data;
        if (key_ == "data_encoding") return &members_.data_encoding;
        if (key_ == "timestamp") return &members_.timestamp;
        if (key_ == "sha256") return &members_.sha256;
        return nullptr;
    }

    bool is_known() { return text_member() != nullptr || key_ == "rcpt_tos" || key_ == "smtputf8"; }

    /// A value of a type that no member of ours has here.
    bool scalar(const char* type)
    {
        if (depth_ == 0) return fail("not an object");
        if (in_recipients_ || (depth_ == 1 && is_known())) return fail(key_ + " is " + type);
        return true;
    }

    bool deeper() { return ++depth_ <= kMaxDepth || fail("nested too deep"); }

    bool fail(std::string fault)
    {
        fault_ = std::move(fault);
        return false;
    }

    RecordMembers& members_;
    std::set<std::string> seen_;
    std::string key_;
    std::string fault_;
    std::size_t depth_ = 0;
    bool in_recipients_ = false;
};

Error corrupt(const std::string& fault)
{
    return Error{ErrorKind::corrupt, "read record: " + fault};
}

/// Names the member that is not there, or nothing.
const char* missing_member(const RecordMembers& members)
{
    if (!members.mail_from) return "mail_from";
    if (!members.rcpt_tos || members.rcpt_tos->empty()) return "rcpt_tos";
    if (!members.subject) return "subject";
    if (!members.data) return "data";
    if (!members.timestamp) return "timestamp";
    if (members.id && !members.sha256) return "sha256";  // the original's records have neither
    return nullptr;
}

Result<std::string> decoded_content(RecordMembers& members)
{
    const std::string encoding = members.data_encoding.value_or("utf-8");
    if (encoding == "utf-8") return std::move(*members.data);
    if (encoding != "base64") return corrupt("data_encoding is neither utf-8 nor base64");
    auto octets = base64_decode(*members.data);
    if (!octets) return corrupt("data is not base64");
    return std::move(*octets);
}

Result<RecordMembers> read_members(std::string_view json)
{
    auto own = read_own_record(json);
    auto members = own ? Result<RecordMembers>(std::move(*own)) : read_any_record(json);
    if (!members) return members;
    if (const char* name = missing_member(*members)) return corrupt(std::string("no ") + name);
    return members;
}

Result<Record> record_of(RecordMembers members, const SpoolId& id)
{
    auto content = decoded_content(members);
    if (!content) return std::move(content).error();
    if (members.sha256 && *members.sha256 != sha256_hex(*content)) return corrupt("sha256 differs");
    Record record;
    record.id = id;
    record.envelope.reverse_path = std::move(*members.mail_from);
    record.envelope.recipients = std::move(*members.rcpt_tos);
    record.envelope.smtputf8 = members.smtputf8;
    record.subject = std::move(*members.subject);
    record.content = std::move(*content);
    record.timestamp = std::move(*members.timestamp);
    record.sha256 = members.sha256.value_or("");
    return record;
}

}  // namespace

Result<RecordMembers> read_any_record(std::string_view json)
{
    RecordMembers members;
    MemberReader reader(members);
    if (!Json::sax_parse(json.begin(), json.end(), &reader)) return corrupt(reader.fault());
    return members;
}

Result<Record> decode_record(std::string_view json, const SpoolId& file_id)
{
    auto members = read_members(json);
    if (!members) return std::move(members).error();
    if (members->id && *members->id != file_id.hex()) return corrupt("id is not the file's");
    return record_of(std::move(*members), file_id);
}

Result<Record> decode_handed_record(std::string_view json)
{
    auto members = read_members(json);
    if (!members) return std::move(members).error();
    if (!members->id) return corrupt("no id");
    const auto id = SpoolId::parse(*members->id);
    if (!id) return corrupt("id is not 32 hex digits");
    return record_of(std::move(*members), *id);
}

}  // namespace mail
