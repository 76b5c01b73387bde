#include "common/privacy/part_streams.h"

#include <algorithm>
#include <utility>

#include "common/privacy/excerpts.h"
#include "common/privacy/text_kind.h"
#include "common/privacy/unfolded_lines.h"
#include "common/privacy/wide_runs.h"

namespace mail::privacy
{
namespace
{

constexpr unsigned kArchiveDepth = 3;  // archives inside each other
constexpr std::size_t kMostCopied = 16 * 1024 * 1024;

/// Past the limit of decoded octets nothing more has to be looked at.
class UntilFull : public OctetSink
{
public:
    UntilFull(const StreamWriter& writer, OctetSink& sink) : writer_(writer), sink_(sink) {}

    bool feed(std::string_view octets) override { return sink_.feed(octets) && !writer_.is_full(); }
    void finish() override { sink_.finish(); }

private:
    const StreamWriter& writer_;
    OctetSink& sink_;
};

/// What was decoded, for those that read it again; nothing where it is not wanted.
class Copy : public OctetSink
{
public:
    explicit Copy(std::size_t room) : is_wanted_(room > 0) { octets_.reserve(room); }

    bool feed(std::string_view octets) override
    {
        if (is_wanted_) octets_.append(octets);
        return is_wanted_;
    }
    bool is_wanted() const { return is_wanted_; }
    std::string_view octets() const { return octets_; }

private:
    bool is_wanted_;
    std::string octets_;
};

bool is_text(std::string_view type)
{
    return type.starts_with("text/");
}

}  // namespace

/// What is in an archive is written as the archive is.
class PartStreams::MemberStreams : public ArchiveMemberSink
{
public:
    MemberStreams(PartStreams& streams, const Place& place, unsigned depth)
        : streams_(streams), place_(place), depth_(depth)
    {
    }

    void take_member(std::string_view name, std::string_view octets, bool /*is_unpacked*/) override
    {
        auto place = place_;
        if (!place.member.empty()) place.member.append("/");
        place.member.append(name);
        streams_.writer_.write(Stream::archive, place, name);
        streams_.write_body({OctetSource(octets, TransferEncoding::identity), Stream::archive,
                             false, "", "", depth_},
                            place);
    }

    void stop(std::string why) override { streams_.writer_.stop(std::move(why)); }

private:
    PartStreams& streams_;
    const Place& place_;
    unsigned depth_;
};

void PartStreams::write(const MimePart& part, const Place& place)
{
    const auto stream =
        part.encoding == TransferEncoding::uuencode ? Stream::uuencode : Stream::transfer;
    const OctetSource source(part.body, part.encoding);
    write_body({source, stream, source.is_plain(), part.type, part.charset, 0}, place);
}

void PartStreams::write_body(const Body& body, const Place& place)
{
    if (writer_.is_full()) return;
    // Text is read once for each of its streams, and decoded for the first.
    const bool is_copied =
        is_text(body.type) && !body.source.is_plain() && body.source.most() <= kMostCopied;
    Copy copy(is_copied ? body.source.most() : 0);
    const auto read = write_octets(body, place, copy);
    const auto traits = read.traits();
    if (traits.has_archive) write_archive(body, place);
    const auto unread = unread_archive(read.front());
    if (!unread.empty() && writer_.wants(Stream::archive)) writer_.stop(std::string(unread));
    if (traits.has_nul && writer_.wants(Stream::charset)) {
        StreamOutput output(writer_, Stream::charset, place);
        WideRuns runs(output);
        body.source.run(runs);
    }
    const bool is_readable = is_text(body.type) || looks_like_text(read.front());
    auto text = body;
    if (copy.is_wanted()) text.source = OctetSource(copy.octets(), TransferEncoding::identity);
    if (is_readable) write_text(text, read, place);
    if (has_folded_lines(body.type, read.front())) write_unfolded(text, traits, place);
    if (is_readable && traits.has_quoted) write_quoted(body, place);
    write_blocks(body, traits, place);
}

TraitsReader PartStreams::write_octets(const Body& body, const Place& place, OctetSink& copy)
{
    using Utf8 = TraitsReader::Utf8;
    TraitsReader traits(is_text(body.type) ? Utf8::checked : Utf8::unchecked);
    if (body.is_shown) {
        body.source.run(traits);
    } else {
        StreamOutput output(writer_, body.stream, place);
        Tee both(output, traits);
        Tee all(both, copy);
        UntilFull some(writer_, all);
        body.source.run(some);
    }
    return traits;
}

void PartStreams::write_archive(const Body& body, const Place& place)
{
    if (!writer_.wants(Stream::archive)) return;
    if (body.archive_depth == kArchiveDepth) {
        return writer_.stop("archives " + std::to_string(kArchiveDepth) + " deep");
    }
    MemberStreams members(*this, place, body.archive_depth + 1);
    if (body.source.is_plain()) return read_archive(body.source.text(), archives_, members);
    StringSink octets;
    octets.reserve(body.source.most());
    body.source.run(octets);
    read_archive(octets.take(), archives_, members);
}

/// What stands encoded in the middle of a text, whatever the header says.
void PartStreams::write_blocks(const Body& body, const TextTraits& traits, const Place& place)
{
    if (body.archive_depth > 0 || body.source.is_of_blocks()) return;
    const auto write = [&](const OctetSource& blocks, Stream stream) {
        write_body({blocks, stream, false, "", "", 0}, place);
    };
    if (traits.has_begin && writer_.wants(Stream::uuencode)) {
        write(body.source.of_uuencoded_blocks(), Stream::uuencode);
    }
    if (body.source.is_plain() && writer_.wants(Stream::transfer)) {
        write(body.source.of_base64_blocks(), Stream::transfer);
    }
}

void PartStreams::write_unfolded(const Body& body, const TextTraits& traits, const Place& place)
{
    if (!writer_.wants(Stream::unfolded)) return;
    const TextSource text = [&](OctetSink& sink) {
        UnfoldedLines lines(sink);
        body.source.run(lines);
    };
    {
        StreamOutput output(writer_, Stream::unfolded, place);
        text(output);
    }
    text_streams_.write(text, traits, false, place);
}

/// Quoted-printable that no header names: behind a second boundary, in a mail that is attached as
/// a file, in a card's property.
void PartStreams::write_quoted(const Body& body, const Place& place)
{
    if (!body.source.may_hold_quoted() || !writer_.wants(Stream::transfer)) return;
    StringSink octets;
    Excerpts excerpts(octets, may_have_quoted);
    body.source.run(excerpts);
    const auto text = octets.take();
    write_body({OctetSource(text, TransferEncoding::quoted_printable), Stream::transfer, false, "",
                "", body.archive_depth},
               place);
}

void PartStreams::write_text(const Body& body, const TraitsReader& read, const Place& place)
{
    const auto traits = read.traits();
    const auto name = charset_to_read(body.charset, traits, read.front());
    Charset* charset = name.empty() ? nullptr : charsets_.find(name);
    const bool is_sound_utf8 = is_text(body.type) && traits.has_non_ascii && traits.is_utf8;
    if (charset == nullptr || is_sound_utf8) {
        text_streams_.write([&](OctetSink& sink) { body.source.run(sink); }, traits,
                            is_html(body.type, read.front()), place);
    }
    if (charset == nullptr || !writer_.wants(Stream::charset)) return;

    const auto text = body.source.in_utf8_from(*charset);
    TraitsReader seen;
    {
        StreamOutput output(writer_, Stream::charset, place);
        Tee both(output, seen);
        text.run(both);
    }
    text_streams_.write([&](OctetSink& sink) { text.run(sink); }, seen.traits(),
                        is_html(body.type, seen.front()), place);
}

}  // namespace mail::privacy
