#include "postman/smtp/unspoken.h"

#include "common/base64.h"
#include "postman/oauth/secret.h"

namespace postman::smtp
{

Unspoken::~Unspoken()
{
    for (std::string& form : forms_) oauth::wipe(form);
}

void Unspoken::add(const std::string& octets)
{
    if (octets.empty()) return;
    forms_.push_back(octets);
    forms_.push_back(mail::base64_encode(octets));
}

void Unspoken::mask(std::string& text) const
{
    for (const std::string& form : forms_)
        for (auto at = text.find(form); at != text.npos; at = text.find(form, at + 1))
            text.replace(at, form.size(), "*");
}

}  // namespace postman::smtp
