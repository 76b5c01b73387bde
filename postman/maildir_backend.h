/// The way out into a Maildir: one file per mail, durable and atomic. The file's name comes from
/// the mail's id, so that a repeat finds it there instead of making a second one. The bytes are the
/// mail's own, with LF line ends; nothing is added, so the recipients are not in it.
#pragma once

#include <string>

#include "common/spool/files.h"
#include "postman/delivery_backend.h"

namespace postman
{

class MaildirBackend final : public DeliveryBackend
{
public:
    MaildirBackend(std::string directory, mail::Files& files);

    std::string name() const override { return "maildir:" + directory_; }
    /// Makes the directory with tmp/, new/ and cur/ where they are missing.
    std::optional<Broken> check() override;
    /// May this user write there, or make it? Makes nothing.
    std::optional<Broken> rehearse() override;
    std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override;

private:
    mail::Result<mail::Done> write_durably(const std::string& file_name, std::string_view text);

    const std::string directory_;
    mail::Files& files_;
};

/// "1795163247.0190….postman": the seconds of a time-ordered id, else 0.
[[nodiscard]] std::string maildir_name(const mail::SpoolId& id);

}  // namespace postman
