/// The ways a mail goes from here: to the catcher, or by signed HTTP; and into the queue, where
/// neither has it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/spool/record.h"
#include "postoffice/submit/handover.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

/// By signed HTTP (url_way.h). Given from outside, as the small program is linked without it.
/// key  the same for each try of one mail; 32 hex digits
using UrlWay = std::function<Handover(const Settings& settings, const mail::Record& record,
                                      const std::string& key)>;

class Submitter
{
public:
    /// settings  must outlive it; one with a URL wants url_way
    Submitter(const Settings& settings, UrlWay url_way)
        : settings_(settings), url_way_(std::move(url_way))
    {
    }

    /// Tries the ways, once each.
    /// key     the same for each try of one mail; counts with a URL alone
    /// blocks  until somebody has answered
    [[nodiscard]] Handover submit(const mail::Record& record, const std::string& key);

    /// The same; what cannot go now is kept in --queue, if there is one, and counts as accepted
    /// then.
    [[nodiscard]] Handover submit_or_keep(const mail::Record& record);

private:
    Handover to_catcher(const mail::Record& record);
    std::vector<Target> targets() const;

    const Settings& settings_;
    const UrlWay url_way_;
};

}  // namespace postoffice::submit
