/// One connection to a smarthost: the shell around SignOn and Transaction. Used by one thread at a
/// time; blocks.
#pragma once

#include <array>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "postman/smtp/sign_on.h"
#include "postman/smtp/transaction.h"
#include "postman/smtp/wire.h"

namespace postman::smtp
{

class Connection
{
public:
    using Deadline = Wire::Deadline;

    /// Connects, starts TLS where it is demanded, signs in. A token that is refused is rejected at
    /// its source and asked for once more.
    ///
    /// smarthost  must outlive the connection
    /// tls        may be empty where demands_tls() says no
    static std::variant<std::unique_ptr<Connection>, Trouble> open(const Smarthost& smarthost,
                                                                   std::shared_ptr<TlsContext> tls,
                                                                   Deadline deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Sends one mail. The transaction that comes back is done.
    [[nodiscard]] Transaction deliver(const mail::Record& record,
                                      const std::vector<std::string>& recipients,
                                      Deadline deadline);
    /// Fit for another mail, as far as can be seen from here.
    [[nodiscard]] bool is_fit() const;

private:
    Connection(const Smarthost& smarthost, std::shared_ptr<TlsContext> tls,
               std::unique_ptr<Wire> wire);

    std::optional<Trouble> sign_on(Deadline deadline);
    std::optional<Trouble> advance(SignOn& machine, Deadline deadline);
    std::optional<Trouble> start_tls(Deadline deadline);
    std::optional<Trouble> give_secret(SignOn& machine);
    Trouble trouble_of(const mail::Error& error) const;

    void exchange(Transaction& mail, Deadline deadline);
    void send_content(Transaction& mail, const std::string& content, Deadline deadline);

    mail::Result<mail::Done> send(std::string_view bytes, Deadline deadline);
    mail::Result<Reply> read_reply(Deadline deadline);

    const Smarthost& smarthost_;
    const std::shared_ptr<TlsContext> tls_;
    const std::string server_;
    std::unique_ptr<Wire> wire_;
    ReplyParser replies_;
    Capabilities capabilities_;
    std::string token_;  // given last, while signing in
    Unspoken unspoken_;  // what we said then
    bool is_used_ = false;
    bool is_in_step_ = false;
};

}  // namespace postman::smtp
