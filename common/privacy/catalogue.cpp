#include "common/privacy/catalogue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::string_view kTrace = "trace";
constexpr std::string_view kClient = "client address";
constexpr std::string_view kScript = "script";
constexpr std::string_view kPanel = "hosting panel";
constexpr std::string_view kUser = "user of the origin";
constexpr std::string_view kEnvelope = "envelope";
constexpr std::string_view kSoftware = "software";
constexpr std::string_view kFilter = "filter of the origin";
constexpr std::string_view kRelay = "relay of the origin";
constexpr std::string_view kVerdict = "verdict of the origin";
constexpr std::string_view kBcc = "blind recipients";
constexpr std::string_view kIdentifier = "identifier";
constexpr std::string_view kAddress = "address";
constexpr std::string_view kSignature = "signature";

// clang-format off
constexpr std::array kNames = {
    CatalogueRow{"received", kTrace},
    CatalogueRow{"x-received", kTrace},
    CatalogueRow{"original-received", kTrace},
    CatalogueRow{"x-original-received", kTrace},
    CatalogueRow{"old-received", kTrace},
    CatalogueRow{"x-old-received", kTrace},
    CatalogueRow{"x-real-received", kTrace},

    CatalogueRow{"x-originating-ip", kClient},
    CatalogueRow{"x-originatingip", kClient},
    CatalogueRow{"x-original-ip", kClient},
    CatalogueRow{"x-sender-ip", kClient},
    CatalogueRow{"x-senderip", kClient},
    CatalogueRow{"x-client-ip", kClient},
    CatalogueRow{"x-clientaddr", kClient},
    CatalogueRow{"x-client-addr", kClient},
    CatalogueRow{"x-remote-ip", kClient},
    CatalogueRow{"x-remoteip", kClient},
    CatalogueRow{"x-remote-addr", kClient},
    CatalogueRow{"x-remote-host", kClient},
    CatalogueRow{"x-host", kClient},
    CatalogueRow{"x-ip", kClient},
    CatalogueRow{"x-real-ip", kClient},
    CatalogueRow{"x-forwarded-for", kClient},
    CatalogueRow{"x-user-ip", kClient},
    CatalogueRow{"x-sent-ip", kClient},
    CatalogueRow{"x-http-posting-host", kClient},
    CatalogueRow{"nntp-posting-host", kClient},
    CatalogueRow{"x-posting-ip", kClient},
    CatalogueRow{"x-webmail-ip", kClient},
    CatalogueRow{"x-web-client-ip", kClient},
    CatalogueRow{"x-apparently-from-ip", kClient},
    CatalogueRow{"x-connecting-ip", kClient},
    CatalogueRow{"x-source-ip", kClient},
    CatalogueRow{"x-mail-originating-ip", kClient},
    CatalogueRow{"x-smtp-client-ip", kClient},
    CatalogueRow{"x-policyd-client", kClient},
    CatalogueRow{"x-eip", kClient},
    CatalogueRow{"x-aol-ip", kClient},
    CatalogueRow{"x-yahoo-post-ip", kClient},
    CatalogueRow{"x-msn-ip", kClient},
    CatalogueRow{"x-zm-originating-ip", kClient},
    CatalogueRow{"x-ehlo", kClient},
    CatalogueRow{"x-helo", kClient},
    CatalogueRow{"x-helo-name", kClient},
    CatalogueRow{"x-envelope-helo", kClient},
    CatalogueRow{"x-host-lookup-failed", kClient},
    CatalogueRow{"x-warning", kClient},
    CatalogueRow{"received-spf", kVerdict},
    CatalogueRow{"x-received-spf", kVerdict},

    CatalogueRow{"x-script", kScript},
    CatalogueRow{"x-script-url", kScript},
    CatalogueRow{"x-cron-env", kScript},
    CatalogueRow{"x-antiabuse", kPanel},
    CatalogueRow{"x-source", kPanel},
    CatalogueRow{"x-exim-id", kPanel},
    CatalogueRow{"x-org", kPanel},
    CatalogueRow{"x-email-count", kPanel},
    CatalogueRow{"x-local-domain", kPanel},
    CatalogueRow{"x-bwhitelist", kPanel},

    CatalogueRow{"x-authentication-warning", kUser},
    CatalogueRow{"x-authuser", kUser},
    CatalogueRow{"x-auth-id", kUser},
    CatalogueRow{"x-get-message-sender-via", kUser},
    CatalogueRow{"x-sender", kUser},
    CatalogueRow{"x-sender-id", kUser},
    CatalogueRow{"x-outgoing-spam-status", kUser},
    CatalogueRow{"x-unix-from", kUser},
    CatalogueRow{"x-uid", kUser},
    CatalogueRow{"x-user", kUser},
    CatalogueRow{"x-username", kUser},
    CatalogueRow{"x-login", kUser},
    CatalogueRow{"x-account", kUser},

    CatalogueRow{"return-path", kEnvelope},
    CatalogueRow{"x-envelope-from", kEnvelope},
    CatalogueRow{"x-envelope-sender", kEnvelope},
    CatalogueRow{"x-envelope-to", kEnvelope},
    CatalogueRow{"envelope-to", kEnvelope},
    CatalogueRow{"x-original-to", kEnvelope},
    CatalogueRow{"x-delivered-to", kEnvelope},
    CatalogueRow{"delivered-to", kEnvelope},
    CatalogueRow{"apparently-to", kEnvelope},
    CatalogueRow{"x-rcpt-to", kEnvelope},
    CatalogueRow{"errors-to", kEnvelope},
    CatalogueRow{"bcc", kBcc},
    CatalogueRow{"resent-bcc", kBcc},

    CatalogueRow{"user-agent", kSoftware},
    CatalogueRow{"x-user-agent", kSoftware},
    CatalogueRow{"x-mailer", kSoftware},
    CatalogueRow{"x-mimeole", kSoftware},
    CatalogueRow{"x-newsreader", kSoftware},
    CatalogueRow{"x-library", kSoftware},
    CatalogueRow{"x-generator", kSoftware},
    CatalogueRow{"x-powered-by", kSoftware},
    CatalogueRow{"x-mailman-version", kSoftware},
    CatalogueRow{"x-mimetrack", kSoftware},
    CatalogueRow{"x-footer", kSoftware},

    CatalogueRow{"x-scanned-by", kFilter},
    CatalogueRow{"x-originatororg", kRelay},
    CatalogueRow{"x-ms-traffictypediagnostic", kRelay},
    CatalogueRow{"x-ms-publictraffictype", kRelay},
    CatalogueRow{"x-kumoref", kRelay},

    CatalogueRow{"authentication-results", kVerdict},
    CatalogueRow{"x-authentication-results", kVerdict},
    CatalogueRow{"original-authentication-results", kVerdict},
    CatalogueRow{"dkim-filter", kVerdict},
    CatalogueRow{"dmarc-filter", kVerdict},

    CatalogueRow{"message-id", kIdentifier, Treatment::map_ids},
    CatalogueRow{"resent-message-id", kIdentifier, Treatment::map_ids},
    CatalogueRow{"in-reply-to", kIdentifier, Treatment::map_ids},
    CatalogueRow{"references", kIdentifier, Treatment::map_ids},
    CatalogueRow{"from", kAddress, Treatment::map_addresses},
    CatalogueRow{"sender", kAddress, Treatment::map_addresses},
    CatalogueRow{"reply-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"to", kAddress, Treatment::map_addresses},
    CatalogueRow{"cc", kAddress, Treatment::map_addresses},
    CatalogueRow{"resent-from", kAddress, Treatment::map_addresses},
    CatalogueRow{"resent-sender", kAddress, Treatment::map_addresses},
    CatalogueRow{"resent-reply-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"resent-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"resent-cc", kAddress, Treatment::map_addresses},
    CatalogueRow{"disposition-notification-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"return-receipt-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"x-confirm-reading-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"mail-followup-to", kAddress, Treatment::map_addresses},
    CatalogueRow{"mail-reply-to", kAddress, Treatment::map_addresses},

    CatalogueRow{"dkim-signature", kSignature, Treatment::signature},
    CatalogueRow{"domainkey-signature", kSignature, Treatment::signature},
};

// No family begins with another one's name: the search relies on it.
constexpr std::array kFamilies = {
    CatalogueRow{"x-mdremote", kClient},
    CatalogueRow{"x-mdhelo", kClient},
    CatalogueRow{"x-sa-exim-", kClient},
    CatalogueRow{"x-spf-", kVerdict},
    CatalogueRow{"x-php-", kScript},
    CatalogueRow{"x-cgi-", kScript},
    CatalogueRow{"x-source-", kPanel},
    CatalogueRow{"x-authenticated", kUser},
    CatalogueRow{"x-sasl-", kUser},
    CatalogueRow{"x-mailer-", kSoftware},
    CatalogueRow{"x-zimbra-", kSoftware},
    CatalogueRow{"x-squirrel", kSoftware},
    CatalogueRow{"x-horde-", kSoftware},
    CatalogueRow{"x-kerio-", kSoftware},
    CatalogueRow{"x-communigate-", kSoftware},
    CatalogueRow{"x-groupwise-", kSoftware},
    CatalogueRow{"x-mdaemon", kSoftware},
    CatalogueRow{"x-mdarrival", kSoftware},
    CatalogueRow{"x-mdav", kSoftware},
    CatalogueRow{"x-mdptr", kSoftware},
    CatalogueRow{"x-mdmail", kSoftware},
    CatalogueRow{"x-mdop-", kSoftware},
    CatalogueRow{"x-mdcf", kSoftware},
    CatalogueRow{"x-mdspf", kSoftware},
    CatalogueRow{"x-mddkim", kSoftware},
    CatalogueRow{"x-mddmarc", kSoftware},
    CatalogueRow{"x-mdorigin", kSoftware},
    CatalogueRow{"x-mdreturn", kSoftware},
    CatalogueRow{"x-spam", kFilter},
    CatalogueRow{"x-rspamd-", kFilter},
    CatalogueRow{"x-virus-", kFilter},
    CatalogueRow{"x-antivirus", kFilter},
    CatalogueRow{"x-amavis-", kFilter},
    CatalogueRow{"x-barracuda-", kFilter},
    CatalogueRow{"x-clamav-", kFilter},
    CatalogueRow{"x-dspam-", kFilter},
    CatalogueRow{"x-cmae-", kFilter},
    CatalogueRow{"x-proofpoint-", kFilter},
    CatalogueRow{"x-pmx-", kFilter},
    CatalogueRow{"x-ironport-", kFilter},
    CatalogueRow{"x-mimecast-", kFilter},
    CatalogueRow{"x-microsoft-antispam", kFilter},
    CatalogueRow{"x-ms-exchange-", kRelay},
    CatalogueRow{"x-ms-office365-", kRelay},
    CatalogueRow{"x-forefront-", kRelay},
    CatalogueRow{"x-eop", kRelay},
    CatalogueRow{"x-gm-", kRelay},
    CatalogueRow{"x-google-", kRelay},
    CatalogueRow{"arc-", kVerdict},
    CatalogueRow{"x-dkim", kVerdict},
    CatalogueRow{"x-dmarc", kVerdict},
    CatalogueRow{"x-thread-", kIdentifier, Treatment::map_ids},
};

// Kept with --strict-headers, in order.
constexpr std::array<std::string_view, 44> kStandardFields = {
    "auto-submitted",
    "cc",
    "comments",
    "content-alternative",
    "content-base",
    "content-description",
    "content-disposition",
    "content-duration",
    "content-features",
    "content-id",
    "content-language",
    "content-location",
    "content-md5",
    "content-transfer-encoding",
    "content-type",
    "date",
    "disposition-notification-options",
    "disposition-notification-to",
    "dkim-signature",
    "from",
    "in-reply-to",
    "keywords",
    "list-archive",
    "list-help",
    "list-id",
    "list-owner",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "resent-cc",
    "resent-date",
    "resent-from",
    "resent-message-id",
    "resent-reply-to",
    "resent-sender",
    "resent-to",
    "sender",
    "subject",
    "to",};
// clang-format on
static_assert(std::is_sorted(kStandardFields.begin(), kStandardFields.end()));

constexpr bool by_name(const CatalogueRow& a, const CatalogueRow& b)
{
    return a.name < b.name;
}

template <std::size_t Size>
constexpr std::array<CatalogueRow, Size> sorted(std::array<CatalogueRow, Size> rows)
{
    std::sort(rows.begin(), rows.end(), by_name);
    return rows;
}

constexpr auto kSortedNames = sorted(kNames);
constexpr auto kSortedFamilies = sorted(kFamilies);

template <std::size_t Size>
constexpr bool is_prefix_free(const std::array<CatalogueRow, Size>& rows)
{
    for (std::size_t i = 1; i < Size; ++i) {
        if (rows[i].name.starts_with(rows[i - 1].name)) return false;
    }
    return true;
}
static_assert(is_prefix_free(kSortedFamilies));

// MailScanner puts the name of the organisation in front: X-Acme-MailScanner-From.
constexpr std::string_view kMailScanner = "-mailscanner";
constexpr CatalogueRow kMailScannerRow{kMailScanner, kFilter};

bool holds(std::string_view name, std::string_view lower_case_word)
{
    return std::search(name.begin(), name.end(), lower_case_word.begin(), lower_case_word.end(),
                       [](char a, char b) { return lower(a) == b; }) != name.end();
}

/// Is the field's name, in lower case, after the row's?
bool is_after(std::string_view field_name, const CatalogueRow& row)
{
    return std::lexicographical_compare(row.name.begin(), row.name.end(), field_name.begin(),
                                        field_name.end(),
                                        [](char a, char b) { return lower(a) < lower(b); });
}

template <std::size_t Size>
const CatalogueRow* last_not_after(const std::array<CatalogueRow, Size>& rows,
                                   std::string_view name)
{
    const auto next = std::partition_point(rows.begin(), rows.end(), [&](const auto& row) {
        return is_after(name, row) || equals_ignoring_case(name, row.name);
    });
    return next == rows.begin() ? nullptr : &*std::prev(next);
}

}  // namespace

const CatalogueRow* find_in_catalogue(std::string_view name) noexcept
{
    const auto* exact = last_not_after(kSortedNames, name);
    if (exact != nullptr && equals_ignoring_case(exact->name, name)) return exact;
    const auto* family = last_not_after(kSortedFamilies, name);
    if (family != nullptr &&
        equals_ignoring_case(name.substr(0, family->name.size()), family->name)) {
        return family;
    }
    return holds(name, kMailScanner) ? &kMailScannerRow : nullptr;
}

bool is_standard_field(std::string_view name) noexcept
{
    const auto place =
        std::partition_point(kStandardFields.begin(), kStandardFields.end(), [&](auto known) {
            return std::lexicographical_compare(known.begin(), known.end(), name.begin(),
                                                name.end(),
                                                [](char a, char b) { return lower(a) < lower(b); });
        });
    return place != kStandardFields.end() && equals_ignoring_case(*place, name);
}

bool is_extension_field(std::string_view name) noexcept
{
    return name.size() >= 2 && lower(name[0]) == 'x' && name[1] == '-';
}

bool names_a_machine(std::string_view name) noexcept
{
    constexpr std::array<std::string_view, 8> kWords = {"ip",     "addr",   "host",   "helo",
                                                        "client", "remote", "origin", "sender"};
    if (!is_extension_field(name)) return false;
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return holds(name.substr(2), word); });
}

}  // namespace mail::privacy
