/// One reply of a server (RFC 5321 4.2): a code and its lines. The server is not trusted: what it
/// says is bounded, and its words are made fit for a log line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail::smtp
{

struct Reply {
    int code = 0;                    // 200 to 559
    std::vector<std::string> lines;  // the texts behind the code, as sent; at least one

    bool is_positive() const { return code / 100 == 2; }
    bool is_transient() const { return code / 100 == 4; }
    bool is_permanent() const { return code / 100 == 5; }
    /// "550 5.1.1 No such user": one line, printable ASCII and UTF-8 only.
    std::string text() const;
    /// The enhanced status code (RFC 2034) in front of its text: "4.5.3"; else empty.
    std::string_view enhanced() const;
};

/// Cuts the server's bytes into replies. Lines may end in a bare LF.
class ReplyParser
{
public:
    static constexpr std::size_t kMaxLineBytes = 4096;  // RFC 5321 4.5.3.1.5 says 512
    static constexpr std::size_t kMaxLines = 200;
    static constexpr std::size_t kMaxReplyBytes = 32 * 1024;

    /// After a fault nothing is taken any more.
    void feed(std::string_view bytes);
    /// The next complete reply, in order.
    [[nodiscard]] std::optional<Reply> next();
    /// No byte is left of what was fed, not even half a line.
    bool is_empty() const { return rest_.empty() && !is_amid(); }
    /// What is wrong with what came: "its reply is over 32 KiB". Empty: nothing. What next() gave
    /// before stays good.
    const std::string& fault() const { return fault_; }

private:
    bool is_amid() const { return code_ != 0; }
    std::optional<Reply> take_line(std::string_view line);
    std::optional<Reply> fail(std::string fault);

    std::string rest_;      // not yet looked at
    std::size_t seen_ = 0;  // of `rest_`, known to hold no line end
    int code_ = 0;          // of the reply that is not complete
    std::vector<std::string> lines_;
    std::size_t reply_bytes_ = 0;
    std::string fault_;
};

}  // namespace mail::smtp
