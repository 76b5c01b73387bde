/// Mail from the Python PostMaster, which deletes what it hands out while it builds the answer. So
/// the answer goes to disk as it comes, is synced, and only then becomes mails in the courier's own
/// spool; of a cut answer, every whole record counts.
///
///     fetched/NAME.part   an answer on its way; left by a crash, it is taken in like a whole one
///     fetched/NAME.json   a synced answer, until its mails are in messages/
///     corrupt/            what is no record, and answers that were cut, for a person to see
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/record.h"
#include "common/spool/spool_layout.h"

namespace postman
{

inline constexpr std::uint64_t kMaxOriginalAnswerBytes = std::uint64_t{512} << 20;

class OriginalIntake
{
public:
    /// The directories of `layout` exist already, and nobody else writes there.
    OriginalIntake(mail::SpoolLayout layout, mail::Files& files)
        : layout_(std::move(layout)), files_(files)
    {
    }

    /// Makes room for one answer.
    [[nodiscard]] mail::Result<mail::Done> begin_answer(const std::string& name);
    /// False: it cannot be written; end the exchange.
    [[nodiscard]] bool add(std::string_view piece);
    /// Keeps what came, however much: synced, under its name. Nothing came: nothing is kept.
    /// blocks  for two syncs
    [[nodiscard]] mail::Result<mail::Done> keep_answer();
    /// It was no answer of a PostMaster: throws it away.
    void drop_answer();

    struct Taken {
        std::size_t mails = 0;    // now in messages/
        std::size_t unsound = 0;  // now in corrupt/
    };
    /// Everything in fetched/ becomes mails. Repeating it after a crash makes no second mail: the
    /// ids come from the records.
    [[nodiscard]] mail::Result<Taken> take_in();

private:
    std::string fetched_dir() const { return layout_.root() + "/fetched"; }
    mail::Result<std::vector<std::string>> fetched_names();
    mail::Result<mail::Done> take_in_file(const std::string& name, Taken& taken);
    mail::Result<mail::Done> take_in_record(std::string_view raw, Taken& taken);

    const mail::SpoolLayout layout_;
    mail::Files& files_;
    std::string name_;
    std::unique_ptr<mail::OutFile> file_;
    std::uint64_t written_ = 0;
};

/// A record of the original's as one of ours: an id from its bytes where it has none, CRLF line
/// ends, its sum. errors  corrupt, as mail::decode_record
[[nodiscard]] mail::Result<mail::Record> adopt_original(std::string_view raw);

}  // namespace postman
