/// The record: the JSON form of a mail, one object per file. The one place that knows its keys.
///
/// Members, in this order: id, mail_from, rcpt_tos, subject, data, data_encoding, timestamp,
/// sha256, and smtputf8 only where the client said so. Nothing about the client is in it. Records
/// of the original Python PostOffice (mail_from, rcpt_tos, subject, body, data, timestamp) are read
/// as they are.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/envelope.h"
#include "common/result.h"
#include "common/spool/spool_id.h"

namespace mail
{

struct Record {
    SpoolId id;
    Envelope envelope;
    std::string subject;    // decoded (RFC 2047), UTF-8; for people and listings
    std::string content;    // octets, CRLF line ends
    std::string timestamp;  // UTC, YYYY-MM-DDTHH:MM:SS.ffffff
    std::string sha256;     // of `content`, 64 hex digits; empty in records of the original

    bool operator==(const Record&) const = default;
};

/// Takes the next piece of an encoded record, of at most kRecordPieceBytes plus a little; an error
/// ends the encoding. Called at least once.
using RecordSink = std::function<Result<Done>(std::string_view piece)>;
inline constexpr std::size_t kRecordPieceBytes = 256 * 1024;

/// Writes the record's JSON piece by piece, so that a large mail is never in memory twice.
/// `record.sha256` is written as given; fill it with sha256_hex(record.content).
/// errors   malformed: an address or the subject is not UTF-8 (nothing was given to the sink);
///          or the sink's own
[[nodiscard]] Result<Done> encode_record(const Record& record, const RecordSink& sink);
/// The same, as one string.
[[nodiscard]] Result<std::string> encode_record(const Record& record);

/// Reads a record: ours or the original's.
///
/// file_id  the id in the file's name; a record without `id` takes it, another `id` is corrupt
/// errors   corrupt: not JSON, not an object, a member missing or of a wrong type, duplicate keys,
///          base64 that is not, a sha256 that differs. Never throws, never recurses into depth.
[[nodiscard]] Result<Record> decode_record(std::string_view json, const SpoolId& file_id);

/// Where the record comes in an answer: the id is in it (32 hex digits), and the same rules hold.
[[nodiscard]] Result<Record> decode_handed_record(std::string_view json);

/// 64 lower-case hex digits (FIPS 180-4).
[[nodiscard]] std::string sha256_hex(std::string_view octets);
/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view octets) noexcept;

}  // namespace mail
