/// Log lines that come together are written together.
#pragma once

#include <string>
#include <string_view>

namespace mail::log
{

/// While one is there, its thread's lines are gathered, and written at its end, a few thousand
/// octets with each call: for those who have fifty things to say at once. One inside of another
/// adds to it. Each line is still whole, also where several programs write to one pipe. To syslog
/// each goes at once.
class Together
{
public:
    Together();
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;
    ~Together();

    /// For log::write().
    void add(std::string_view line);

private:
    std::string lines_;
};

}  // namespace mail::log
