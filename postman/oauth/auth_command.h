/// `postman auth --provider P --user U`: lets postman into an account, once; the tokens stay in the
/// state directory. `postman auth --list` shows what is there.
#pragma once

#include <stop_token>
#include <string>

#include "postman/command.h"
#include "postman/oauth/auth_plan.h"

namespace postman
{

class AuthCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// returns  0 signed in; 1 the provider or the person said no; 75 try again; 78 a file that
    ///          cannot be used; with --list: 1 where an account needs a person
    /// blocks   for the person
    int run(const PostmanOptions& common) override;

private:
    mail::Result<oauth::AuthPlan> plan() const;
    mail::Result<oauth::Account> sign_in(oauth::AuthPlan& plan, const oauth::SignInSeams& seams);
    mail::Result<oauth::Account> sign_in_by_loopback(const oauth::AuthPlan& plan,
                                                     const oauth::SignInSeams& seams);
    int sign_in_and_store(oauth::AuthPlan& plan, const std::string& state);

    std::string provider_;
    std::string user_;
    std::string flow_;
    std::string client_file_;
    std::string client_id_;
    std::string client_secret_file_;
    std::string tenant_ = "common";
    std::string scope_;
    unsigned short port_ = 0;
    bool list_ = false;
};

}  // namespace postman
