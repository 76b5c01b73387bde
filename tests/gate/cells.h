/// The matrix as make_matrix.py writes it: mails with one secret each, and their twins with none.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/privacy/inspection.h"

namespace mail::test
{

struct Cell {
    std::size_t number = 0;
    std::string place;     // "X-Redmine-Host", "text of a forwarded mail"
    std::string encoding;  // "encoded word B"
    std::string form;      // as an enumerator of privacy::Form
    std::string text;      // the secret as it is spelled here
    std::vector<std::string> origins;
    std::vector<std::string> rewrites;
    bool by_name = false;  // the field goes whatever is in it
    std::string content;
    Envelope envelope;
    std::string carrier;  // the octets in which the secret is written
    std::string twin_content;
    Envelope twin_envelope;
};

/// A mail that is clean, and the values that it is near to.
struct CleanMail {
    std::size_t number = 0;
    std::string name;    // "invitation.eml", "in_base64"
    std::string values;  // what the set of them is called
    std::vector<std::string> origins;
    std::vector<std::string> learned;
    std::string content;
    Envelope envelope;
};

// Both throw where the file is not what make_mails.py writes.
[[nodiscard]] std::vector<Cell> read_cells(const std::string& path);
[[nodiscard]] std::vector<CleanMail> read_clean_mails(const std::string& path);

[[nodiscard]] privacy::OriginValues values_of(const std::vector<std::string>& named,
                                              const std::vector<std::string>& learned = {});

/// As postmaster has them, with a key and a public domain.
[[nodiscard]] privacy::InspectionRules rules_around(
    std::shared_ptr<const privacy::OriginSearch> search);

/// Rules for many cells: a search is costly to make, so each set of values has one.
class RulesBook
{
public:
    explicit RulesBook(privacy::StreamSet streams = privacy::all_streams(),
                       privacy::FormSet forms = privacy::all_forms())
        : streams_(streams), forms_(forms)
    {
    }

    [[nodiscard]] privacy::InspectionRules of(const Cell& cell);

private:
    privacy::StreamSet streams_;
    privacy::FormSet forms_;
    std::map<std::vector<std::string>, std::shared_ptr<const privacy::OriginSearch>> searches_;
};

/// Does the secret leave in the octets in which it came? (In which others it may leave, oracle.py
/// judges.)
[[nodiscard]] bool lets_pass(const Cell& cell, const privacy::Inspection& inspection);

}  // namespace mail::test
