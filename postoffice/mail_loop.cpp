#include "postoffice/mail_loop.h"

#include <algorithm>

#include "common/privacy/message_view.h"

namespace postoffice
{

bool went_in_circles(std::string_view head, int max_received)
{
    const auto view = mail::privacy::view_message(head);
    const auto is_received = [](const auto& field) {
        return mail::privacy::equals_ignoring_case(field.name, "Received");
    };
    return std::count_if(view.fields.begin(), view.fields.end(), is_received) > max_received;
}

}  // namespace postoffice
