/// Tokens that somebody else keeps fresh: a command prints one, a broker hands one out, a file
/// holds one.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "postman/token_source.h"

namespace postman::oauth
{

/// Run by /bin/sh -c with our environment, nothing on its input; the first line of its output is
/// the token. What it gave is used for a minute, or until a server does not take it.
class CommandTokenSource final : public TokenSource
{
public:
    CommandTokenSource(std::string words, std::chrono::seconds timeout, const mail::Clock& clock)
        : words_(std::move(words)), timeout_(timeout), clock_(clock)
    {
    }
    ~CommandTokenSource() override;

    /// Without the command's words: a secret may stand among them.
    std::string name() const override { return "command"; }
    mail::Result<std::string> token(std::stop_token stop) override;
    void reject(std::string_view token) override;

private:
    mail::Result<std::string> run() const;

    const std::string words_;
    const std::chrono::seconds timeout_;
    const mail::Clock& clock_;
    std::mutex mutex_;
    std::string token_;
    mail::BootTime given_at_{};
};

class SocketTokenSource final : public TokenSource
{
public:
    SocketTokenSource(std::string path, std::string protocol, std::string user)
        : path_(std::move(path)), protocol_(std::move(protocol)), user_(std::move(user))
    {
    }

    std::string name() const override { return "socket:" + path_; }
    /// blocks  for at most 60 s: the broker may have to renew first
    mail::Result<std::string> token(std::stop_token stop) override;
    void reject(std::string_view) override {}  // the broker's protocol has no word for it

private:
    const std::string path_;
    const std::string protocol_;
    const std::string user_;
};

/// Read anew for each token.
class FileTokenSource final : public TokenSource
{
public:
    explicit FileTokenSource(std::string path) : path_(std::move(path)) {}

    std::string name() const override { return "file:" + path_; }
    mail::Result<std::string> token(std::stop_token stop) override;
    void reject(std::string_view) override {}

private:
    const std::string path_;
};

}  // namespace postman::oauth
