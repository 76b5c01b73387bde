#include "postman/dry_run.h"

#include <iostream>

#include "common/spool/files.h"
#include "postman/dry_round.h"
#include "postman/ledger_view.h"
#include "postman/make_backend.h"
#include "postman/postmaster_client.h"
#include "postman/round_log.h"

namespace postman
{
namespace
{

/// Short: if this run dies, the mails wait no longer than that.
constexpr std::chrono::seconds kLeaseSeconds{60};

int complain(const mail::Error& error, int exit_code)
{
    std::cerr << "postman: " << error.describe() << "\n";
    return exit_code;
}

}  // namespace

int run_dry(const PostmanOptions& options)
{
    const auto credentials = read_credentials(options);
    if (!credentials) return complain(credentials.error(), mail::kExitConfiguration);
    const auto ledger = LedgerView::read(options.state, mail::system_files());
    if (!ledger) return complain(ledger.error(), mail::kExitTemporary);
    const auto standing_of = [&](const mail::SpoolId& id, const std::string& recipient) {
        return ledger->standing(id, recipient);
    };
    const auto backend = make_backend(options);
    const CarryRules rules = make_carry_rules(options, "");
    int exit_code = 0;
    for (const mail::web::EndpointUrl& url : options.endpoints()) {
        auto exchange = mail::web::HttpExchange::make(url, *credentials);
        if (!exchange) return complain(exchange.error(), mail::kExitConfiguration);
        PostmasterClient postmaster(url.text(), **exchange, kLeaseSeconds);
        if (const auto ok = dry_round(postmaster, *backend, rules, standing_of, std::cout); !ok)
            exit_code = complain(ok.error(), mail::kExitTemporary);
        std::cout.flush();
    }
    if (exit_code == 0) std::cout << "nothing was delivered: the mail waits as before\n";
    std::cout.flush();
    return exit_code;
}

}  // namespace postman
