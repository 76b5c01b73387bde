/// The secrets that were said to a server, in each form they went in: what it says back is shown
/// with a `*` in their place. They are overwritten in the end. Pure.
#pragma once

#include <string>
#include <vector>

namespace postman::smtp
{

class Unspoken
{
public:
    Unspoken() = default;
    Unspoken(Unspoken&&) noexcept = default;
    Unspoken& operator=(Unspoken&&) noexcept = default;
    ~Unspoken();

    /// These octets, and their base64.
    void add(const std::string& octets);
    void mask(std::string& text) const;

private:
    std::vector<std::string> forms_;
};

}  // namespace postman::smtp
