/// What runs beside the SMTP side and hears of the same signals. Called from the network loop:
/// nothing here may wait.
#pragma once

namespace postoffice
{

class Companion
{
public:
    virtual ~Companion() = default;

    /// SIGHUP.
    virtual void reload() {}
    /// SIGTERM, or the spool is lost: no new mail from now on.
    virtual void stopping() {}
    /// Asked about once a second; false: it is stuck, and the watchdog may hear of it.
    [[nodiscard]] virtual bool is_alive() { return true; }
};

}  // namespace postoffice
