#include "tests/gate/cells.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base64.h"

namespace mail::test
{
namespace
{

using namespace privacy;

std::string octets(const nlohmann::json& member)
{
    auto decoded = base64_decode(member.get<std::string>());
    if (!decoded) throw std::runtime_error("the matrix: not base64");
    return *std::move(decoded);
}

Envelope envelope_from(const nlohmann::json& reverse_path)
{
    return Envelope{octets(reverse_path), {"ann@customer.example"}, false};
}

Cell cell_from(const nlohmann::json& json)
{
    Cell cell;
    cell.number = json.at("number");
    cell.place = json.at("place");
    cell.encoding = json.at("encoding");
    cell.form = json.at("form");
    cell.text = json.at("text");
    cell.origins = json.at("origin").get<std::vector<std::string>>();
    cell.rewrites = json.at("rewrite").get<std::vector<std::string>>();
    cell.by_name = json.at("by_name");
    cell.content = octets(json.at("content"));
    cell.envelope = envelope_from(json.at("reverse_path"));
    cell.carrier = octets(json.at("carrier"));
    cell.twin_content = octets(json.at("twin_content"));
    cell.twin_envelope = envelope_from(json.at("twin_reverse_path"));
    return cell;
}

CleanMail clean_mail_from(const nlohmann::json& json)
{
    CleanMail mail;
    mail.number = json.at("number");
    mail.name = json.at("name");
    mail.values = json.at("values");
    mail.origins = json.at("origin").get<std::vector<std::string>>();
    mail.learned = json.at("learned").get<std::vector<std::string>>();
    mail.content = octets(json.at("content"));
    mail.envelope = envelope_from(json.at("reverse_path"));
    return mail;
}

template <typename Read>
auto read_lines(const std::string& path, Read read)
{
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<decltype(read(nlohmann::json()))> all;
    for (std::string line; std::getline(file, line);)
        all.push_back(read(nlohmann::json::parse(line)));
    return all;
}

void add_values(OriginValues& values, const std::vector<std::string>& texts, bool learned)
{
    for (const auto& text : texts) {
        auto value = parse_origin_value(text);
        if (!value) throw std::runtime_error(value.error().step);
        value->learned = learned;
        values.add(*std::move(value));
    }
}

}  // namespace

std::vector<Cell> read_cells(const std::string& path)
{
    return read_lines(path, cell_from);
}

std::vector<CleanMail> read_clean_mails(const std::string& path)
{
    return read_lines(path, clean_mail_from);
}

OriginValues values_of(const std::vector<std::string>& named,
                       const std::vector<std::string>& learned)
{
    OriginValues values;
    add_values(values, named, false);
    add_values(values, learned, true);
    return values;
}

InspectionRules rules_around(std::shared_ptr<const OriginSearch> search)
{
    InspectionRules rules;
    rules.scrub.message_id_key = "a key that nobody knows";
    rules.scrub.public_domain = "shop.example";
    rules.scrub.origin = search->values();
    rules.scrub.search = search.get();
    rules.search = std::move(search);
    return rules;
}

InspectionRules RulesBook::of(const Cell& cell)
{
    auto& search = searches_[cell.origins];
    if (!search) search = std::make_shared<OriginSearch>(values_of(cell.origins), forms_);
    auto rules = rules_around(search);
    rules.streams = streams_;
    for (const auto& rewrite : cell.rewrites) {
        if (auto added = rules.scrub.senders.add(rewrite); !added)
            throw std::runtime_error(added.error().step);
    }
    return rules;
}

bool lets_pass(const Cell& cell, const Inspection& inspection)
{
    if (inspection.verdict == Inspection::Verdict::held) return false;
    return inspection.content.find(cell.carrier) != std::string::npos ||
           inspection.envelope.reverse_path.find(cell.carrier) != std::string::npos;
}

}  // namespace mail::test
