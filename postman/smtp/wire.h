/// The bytes to and from one server: TCP or a unix socket, with TLS or without. Each call blocks,
/// at most to its deadline; after any error the wire is dead.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/result.h"
#include "postman/smtp/smarthost.h"
#include "postman/smtp/tls.h"

namespace postman::smtp
{

class Wire
{
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// Tries each address of the host's name in turn, each for 30 s at most. "localhost" is
    /// 127.0.0.1 and ::1, whatever a name server says.
    ///
    /// errors  temporary: no such name, none in time, nobody there
    static mail::Result<std::unique_ptr<Wire>> connect(const Smarthost& smarthost,
                                                       Deadline deadline);
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// errors  refused: the certificate, or no TLS that both can; temporary: cut, late, any other
    [[nodiscard]] mail::Result<mail::Done> start_tls(TlsContext& context, const TlsRules& rules,
                                                     const std::string& name, Deadline deadline);
    /// errors  temporary: "it closed the connection", "no answer in time"; refused: as start_tls(),
    ///         since with TLS 1.3 a client certificate is judged after the handshake
    [[nodiscard]] mail::Result<std::size_t> read(std::span<char> space, Deadline deadline);
    /// On an error the last octet was not sent.
    [[nodiscard]] mail::Result<mail::Done> write(std::string_view bytes, Deadline deadline);
    /// Something has come, be it the end, that nobody has read: in the socket, or taken from it and
    /// not yet decrypted.
    [[nodiscard]] bool has_input();

private:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Endpoint = boost::asio::generic::stream_protocol::endpoint;
    using error_code = boost::system::error_code;

    mail::Result<mail::Done> connect_to(const Endpoint& endpoint, Deadline deadline);
    void finish(const bool& is_done, error_code& result, Deadline deadline);
    mail::Error failed(const error_code& error) const;

    boost::asio::io_context io_{1};
    Socket socket_{io_};
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace postman::smtp
