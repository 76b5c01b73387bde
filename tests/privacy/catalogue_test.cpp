#include "common/privacy/catalogue.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "common/privacy/scrub.h"
#include "tests/privacy/fidelity.h"

using namespace mail::privacy;

namespace
{

/// The fields of `header` that the scrub drops when each stands in a mail of its own.
bool is_dropped(const std::string& field)
{
    const std::string content =
        "Subject: x\r\n" + field + "\r\nTo: ann@example.org\r\n\r\nbody\r\n";
    const auto result = scrub(content, {});
    CHECK(mail::test::difference_beyond_actions(content, result) == "");
    return result.content == "Subject: x\r\nTo: ann@example.org\r\n\r\nbody\r\n";
}

}  // namespace

TEST_SUITE("privacy/catalogue")
{
    TEST_CASE(
        "Fields that tell where a mail comes from are dropped, whatever their case and folding")
    {
        // One line or more for each row of the catalogue (docs/privacy.md).
        const std::vector<std::string> fields = {
            // trace
            "Received: from web1.internal (web1 [10.0.0.5]) by relay.internal (Postfix) with "
            "ESMTPSA id 5F41",
            "Received: (nullmailer pid 812 invoked by uid 33);\r\n\tFri, 20 Nov 2026 06:28:29 "
            "-0000",
            "Received: by web1 (Postfix, from userid 33)\r\n\tid 5F41; Fri, 20 Nov 2026 06:28:29 "
            "+0000 (UTC)",
            "Received: from www-data by web1 with local (Exim 4.96) (envelope-from "
            "<www-data@web1>)",
            "Received: (from www-data@localhost) by web1 (8.17.1/8.17.1/Submit)",
            "Received: (qmail 1234 invoked by uid 33)",
            "received:x",
            "RECEIVED : x",
            "X-Received: x",
            "X-Original-Received: x",
            "Old-Received: x",
            "X-Old-Received: x",
            "Original-Received: x",
            "X-Real-Received: x",
            // client address
            "X-Originating-IP: [203.0.113.5]",
            "X-Originating-Ip: x",
            "X-OriginatingIP: x",
            "X-Original-IP: x",
            "X-Sender-IP: x",
            "X-SenderIP: x",
            "X-Client-IP: x",
            "X-ClientAddr: x",
            "X-Client-Addr: x",
            "X-Remote-IP: x",
            "X-RemoteIP: x",
            "X-Remote-Addr: x",
            "X-Remote-Host: x",
            "X-Host: x",
            "X-IP: x",
            "X-Real-IP: x",
            "X-Forwarded-For: x",
            "X-User-IP: x",
            "X-Sent-IP: x",
            "X-HTTP-Posting-Host: x",
            "NNTP-Posting-Host: x",
            "X-Posting-IP: x",
            "X-Webmail-IP: x",
            "X-Web-Client-IP: x",
            "X-Apparently-From-IP: x",
            "X-Connecting-IP: x",
            "X-Source-IP: x",
            "X-Mail-Originating-IP: x",
            "X-SMTP-Client-IP: x",
            "X-PolicyD-Client: x",
            "X-EIP: x",
            "X-AOL-IP: x",
            "X-Yahoo-Post-IP: x",
            "X-MSN-IP: x",
            "X-ZM-Originating-IP: x",
            "X-Mdremote-Ip: x",
            "X-MDHeloLookup-Result: x",
            "X-MDRemoteIP: x",
            "X-EHLO: x",
            "X-HELO: x",
            "X-Helo-Name: x",
            "X-Envelope-Helo: x",
            "X-Host-Lookup-Failed: x",
            "X-Warning: 10.0.0.5 may be forged",
            "X-SA-Exim-Connect-IP: 10.0.0.5",
            "X-SA-Exim-Mail-From: x",
            "X-SA-Exim-Scanned: x",
            "X-SA-Exim-Version: x",
            "Received-SPF: pass client-ip=10.0.0.5; helo=web1.internal;",
            "X-SPF-Result: x",
            "X-Received-SPF: x",
            // the rule for names that no row has
            "X-Acme-Client-Address: 10.0.0.5",
            "X-Acme-Helo: [10.0.0.5]",
            "X-My-Sender-Host: web1 (10.0.0.5)",
            "X-Origin: 2001:db8::1",
            "X-Remote: [IPv6:2001:db8::1]",
            "X-Acme-IP: ::ffff:10.0.0.5:25",
            // scripts, panels, users
            "X-PHP-Originating-Script: 33:Mailer.php",
            "X-PHP-Script: site.example/contact.php for 203.0.113.9",
            "X-PHP-Filename: x",
            "X-PHP-Mail-Script: x",
            "X-Script-URL: x",
            "X-Script: x",
            "X-CGI-Path: x",
            "X-Cron-Env: <HOME=/var/www>",
            "X-AntiAbuse: Primary Hostname - shared083.arvixe.com",
            "X-Source: x",
            "X-Source-Args: x",
            "X-Source-Dir: x",
            "X-Source-Sender: x",
            "X-Source-Auth: x",
            "X-Source-Cap: x",
            "X-Source-L: x",
            "X-Exim-ID: x",
            "X-Org: x",
            "X-Email-Count: x",
            "X-Local-Domain: x",
            "X-BWhitelist: x",
            "X-Authenticated-Sender: mm2.emwd.com: mailman@emwd.com",
            "X-Authenticated-User: x",
            "X-Authenticated-By: x",
            "X-Authenticated: x",
            "X-Authenticated-Id: x",
            "X-Authentication-Warning: web1: www-data set sender to x",
            "X-AuthUser: x",
            "X-Auth-ID: x",
            "X-SASL-User: x",
            "X-Get-Message-Sender-Via: x",
            "X-Sender-Id: x",
            "X-Sender: x",
            "X-OutGoing-Spam-Status: x",
            "X-Unix-From: x",
            "X-Uid: 33",
            "X-UID: 33",
            "X-User: x",
            "X-Username: x",
            "X-Login: x",
            "X-Account: x",
            // envelope and blind recipients
            "X-Envelope-From: x",
            "X-Envelope-Sender: x",
            "X-Envelope-To: x",
            "Envelope-To: x",
            "X-Original-To: x",
            "X-Delivered-To: x",
            "Delivered-To: root@web1.internal",
            "Apparently-To: x",
            "X-RCPT-TO: x",
            "Errors-To: x",
            "Return-Path: <www-data@web1.internal>",
            "Bcc: bob@example.org",
            "BCC: bob@example.org,\r\n carol@example.org",
            "Resent-Bcc: x",
            // software
            "X-Mailer: PHPMailer 6.8.0 (https://example.org)",
            "X-Mailer: WordPress/6.4",
            "X-Mailer-Version: x",
            "User-Agent: x",
            "X-User-Agent: x",
            "X-MimeOLE: x",
            "X-Newsreader: x",
            "X-Library: x",
            "X-Generator: x",
            "X-Powered-By: x",
            "X-Mailman-Version: 2.1",
            "X-MIMETrack: Itemize by SMTP Server",
            "X-Zimbra-Auth: x",
            "X-Squirrel-UserHash: x",
            "X-SquirrelMail: x",
            "X-Horde-Id: x",
            "X-MDaemon-Deliver-To: x",
            "X-MDAV-Processed: x",
            "X-Footer: d2ViMQ==",
            // filters, relays, verdicts
            "X-Spam-Checker-Version: SpamAssassin 4.0.1 on web1.internal",
            "X-Spam-Status: No",
            "X-Spam: x",
            "X-Spam-Report: x",
            "X-Spamd-Result: x",
            "X-Rspamd-Server: web1",
            "X-Rspamd-Queue-Id: x",
            "X-Virus-Scanned: amavisd-new at web1.internal",
            "X-Amavis-Alert: x",
            "X-MailScanner-ID: x",
            "X-MailScanner: x",
            "X-Acme-MailScanner-From: www-data@web1",
            "X-Barracuda-Connect: x",
            "X-ClamAV-Scanned: x",
            "X-DSPAM-Result: x",
            "X-CMAE-Score: x",
            "X-Proofpoint-GUID: x",
            "X-PMX-Version: x",
            "X-Scanned-By: MIMEDefang on 10.0.0.5",
            "X-MS-Exchange-Organization-AuthSource: EX01.corp.internal",
            "X-MS-Exchange-CrossTenant-Id: x",
            "X-MS-Office365-Filtering-Correlation-Id: x",
            "X-OriginatorOrg: x",
            "X-Forefront-Antispam-Report: x",
            "X-Microsoft-Antispam: x",
            "X-EOPAttributedMessage: 0",
            "X-Gm-Message-State: x",
            "X-Google-Smtp-Source: x",
            "X-Google-Original-From: x",
            "X-KumoRef: x",
            "Authentication-Results: web1.internal; auth=pass smtp.auth=alice "
            "smtp.client-ip=10.0.0.5",
            "X-Authentication-Results: x",
            "Original-Authentication-Results: x",
            "ARC-Seal: i=1",
            "ARC-Message-Signature: i=1",
            "ARC-Authentication-Results: i=1; web1.internal",
            "X-DKIM: x",
            "X-DKIM-Result: x",
            "X-Google-DKIM-Signature: x",
            "DKIM-Filter: OpenDKIM Filter v2.11.0 web1.internal",
            "X-DMARC-Status: x",
            "DMARC-Filter: x",
        };
        for (const auto& field : fields) {
            CAPTURE(field);
            CHECK(is_dropped(field));
        }
    }

    TEST_CASE("Fields with a meaning for the reader stay")
    {
        const std::vector<std::string> fields = {
            "From: Ann <ann@example.org>",
            "Sender: ann@example.org",
            "Reply-To: ann@example.org",
            "Cc: bob@example.org",
            "Date: Fri, 20 Nov 2026 06:28:29 +0200 (CEST)",
            "Message-ID: <1@shop.example>",
            "In-Reply-To: <1@web1>",
            "References: <1@web1> <2@web1>",
            "Thread-Index: AdkX2x5S1rG7Z0ZQSk6Z1w==",
            "Thread-Topic: x",
            "X-Thread-Id: x",
            "X-MS-Has-Attach: yes",
            "X-MS-TNEF-Correlator: <1@web1>",
            "X-Loop: 10.0.0.5",
            "X-BeenThere: list@example.org",
            "List-Id: <list.example.org>",
            "List-Unsubscribe: <https://example.org/u?1>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "List-Post: x",
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "Feedback-ID: 1:2:3:shop",
            "X-Priority: 1",
            "X-MSMail-Priority: High",
            "Importance: high",
            "X-Report-Abuse: x",
            "X-Entity-Ref-ID: x",
            "X-Auto-Response-Suppress: All",
            "MIME-Version: 1.0",
            "Content-Type: text/calendar; method=REQUEST",
            "Content-Transfer-Encoding: 8bit",
            "Content-ID: <image001@shop.example>",
            "Disposition-Notification-To: ann@example.org",
            "Resent-From: ann@example.org",
            "Resent-To: bob@example.org",
            "Organization: x",
            "Keywords: x",
            "X-Redmine-Host: redmine.example.org",
            "X-GitLab-Project: x",
            "X-Mailgun-Tag: x",
            "X-SES-Outgoing: x",
            "X-Recipient: bob",
            "X-MailerLite-Campaign: 1",
            "X-Shipping-Address: 12 Main Street",
            "X-Sender-Class: Foo::Bar",
            "X-Client-Version: v1.2.3.4",
            "X-Hostess: 12:30:00",
            "X-Acme: 10.0.0.5",
            "Host: 10.0.0.5",
            "Receivedx: x",
            "XReceived: x",
            "X-Sourc: x",
            "X-P: x",
            "B: x",
            "DKIM-Signature: v=1; d=shop.example; h=from:to:subject; bh=x; b=x",
        };
        for (const auto& field : fields) {
            CAPTURE(field);
            CHECK_FALSE(is_dropped(field));
        }
    }

    TEST_CASE("A lookup finds the row of a name and of a family, and no other")
    {
        REQUIRE(find_in_catalogue("Message-Id") != nullptr);
        CHECK(find_in_catalogue("MESSAGE-ID")->treatment == Treatment::map_ids);
        CHECK(find_in_catalogue("DKIM-Signature")->treatment == Treatment::signature);
        CHECK(find_in_catalogue("x-thread-references")->treatment == Treatment::map_ids);
        CHECK(find_in_catalogue("X-PHP-") != nullptr);
        for (const auto* name : {"", "x", "X-PHP", "a", "zzz", "received ", "\xFF"}) {
            CAPTURE(name);
            CHECK(find_in_catalogue(name) == nullptr);
        }
    }
}
