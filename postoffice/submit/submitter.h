/// The ways a mail goes from here: to the catcher, or by signed HTTP; and into the queue, where
/// neither has it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/spool/record.h"
#include "common/web/web_client.h"
#include "postoffice/submit/handover.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

/// One idempotency key for one mail, whatever else has the same octets.
[[nodiscard]] std::string new_idempotency_key(const mail::Record& record);

class Submitter
{
public:
    /// settings  must outlive it
    explicit Submitter(const Settings& settings) : settings_(settings) {}

    /// Tries the ways, once each.
    /// key     the same for each try of one mail
    /// blocks  until somebody has answered
    [[nodiscard]] Handover submit(const mail::Record& record, const std::string& key);

    /// The same; what cannot go now is kept in --queue, if there is one, and counts as accepted
    /// then.
    [[nodiscard]] Handover submit_or_keep(const mail::Record& record);

private:
    Handover to_catcher(const mail::Record& record);
    Handover by_url(const mail::Record& record, const std::string& key);
    mail::Result<std::string> read_key() const;
    std::vector<Target> targets() const;

    const Settings& settings_;
    std::unique_ptr<mail::web::WebClient> web_;
};

}  // namespace postoffice::submit
