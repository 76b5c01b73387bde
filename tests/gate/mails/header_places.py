"""Where in a header a secret may stand: the catalogue's rows 1 to 45, with the field as its programs write it."""
from dataclasses import dataclass


@dataclass(frozen=True)
class HeaderPlace:
    row: int
    field: str
    template: str  # § is where it stands
    slot: str  # which encodings suit: "free", "id", "parameter", "url", "trace", "z"
    by_name: bool = False  # the scrub removes the field whatever is in it


PLACES = []


def dropped(row, names, template="§", slot="trace"):
    for name in names.split():
        PLACES.append(HeaderPlace(row, name, template, slot, by_name=True))


def kept(row, names, template="§", slot="free"):
    for name in names.split():
        PLACES.append(HeaderPlace(row, name, template, slot))


# Trace and client address
dropped(1, "Received", "from web ([§]) by relay.example (Postfix) with ESMTPSA id 5F41; Fri, 20 Nov 2026 08:00:00 +0000")
dropped(1, "Received", "from relay.example by § with ESMTP id 77; Fri, 20 Nov 2026 08:00:00 +0000")
dropped(2, "Received", "(nullmailer pid 812 invoked by uid 33 on §);\r\n\tFri, 20 Nov 2026 08:00:00 -0000")
dropped(3, "Received", "by § (Postfix, from userid 33) id 4F; Fri, 20 Nov 2026 08:00:00 +0000")
dropped(3, "Received", "from www-data by § with local (Exim 4.96)\r\n\t(envelope-from <app@shop.example>)")
dropped(4, "X-Received X-Original-Received Old-Received X-Old-Received Original-Received X-Real-Received", "by § with SMTP id k4")
dropped(5, "X-Originating-IP X-OriginatingIP X-Original-IP X-Sender-IP X-SenderIP X-Client-IP X-ClientAddr X-Client-Addr "
           "X-Remote-IP X-RemoteIP X-Remote-Addr X-Remote-Host X-Host X-IP X-Real-IP X-Forwarded-For X-User-IP X-Sent-IP "
           "X-HTTP-Posting-Host X-Posting-IP X-Webmail-IP X-Web-Client-IP X-Apparently-From-IP X-Connecting-IP X-Source-IP "
           "X-Mail-Originating-IP X-SMTP-Client-IP X-PolicyD-Client X-EIP X-AOL-IP X-Yahoo-Post-IP X-MSN-IP "
           "X-ZM-Originating-IP X-Mdremote-Ip X-MDHeloLookup-Result X-MDRemoteIP")
kept(5, "X-Some-Client-Hint X-Acme-Originator X-Hosting-Remote")
dropped(6, "X-EHLO X-HELO X-Helo-Name X-Envelope-Helo X-Host-Lookup-Failed")
dropped(6, "X-Warning", "§ may be forged")
dropped(7, "X-SA-Exim-Connect-IP X-SA-Exim-Mail-From X-SA-Exim-Scanned X-SA-Exim-Version")
dropped(8, "Received-SPF X-Received-SPF X-SPF-Result", "pass client-ip=§; helo=web")
# Scripts, panels, users
dropped(9, "X-PHP-Originating-Script", "33:§")
dropped(10, "X-PHP-Script X-PHP-Filename X-PHP-Mail-Script X-Script-URL X-Script X-CGI-Path", "§/contact.php for 198.51.100.9")
dropped(11, "X-AntiAbuse", "Primary Hostname - §")
dropped(12, "X-Source X-Source-Args X-Source-Dir X-Source-IP X-Source-Sender X-Source-Auth X-Source-Cap X-Source-L X-Exim-ID "
            "X-Org X-Email-Count X-Local-Domain X-BWhitelist")
dropped(13, "X-Authenticated-Sender X-Authenticated-User X-Authenticated-By X-Authenticated X-Authenticated-Id "
            "X-Authentication-Warning X-AuthUser X-Auth-ID X-SASL-User X-Get-Message-Sender-Via X-Sender-Id X-Sender "
            "X-OutGoing-Spam-Status")
dropped(14, "X-Unix-From X-Uid X-User X-Username X-Login X-Account X-Envelope-From X-Envelope-Sender X-Envelope-To "
            "X-Original-To X-Delivered-To Delivered-To Apparently-To X-RCPT-TO Errors-To")
dropped(15, "X-Cron-Env", "<HOME=§>")
kept(15, "X-Drupal-Site X-Joomla-Host X-Redmine-Host X-GitLab-Project-Path X-Jenkins-Job X-JIRA-FingerPrint X-Bugzilla-URL "
         "X-Nagios-Host X-Auto-Host")
# Software, time, identifiers
dropped(16, "X-Mailer User-Agent X-User-Agent X-MimeOLE X-Newsreader X-Library X-Generator X-Mailer-Version X-Powered-By",
        "PHPMailer 6.8.0 (§)")
kept(17, "Message-ID Resent-Message-ID", "<1795156012.24582.nullmailer@§>", "id")
kept(18, "Message-ID", "<job=§=77@shop.example>", "id")
kept(18, "Message-ID", "<§@shop.example>", "id")
kept(19, "In-Reply-To", "<1795156012.1@§>", "id")
kept(19, "References", "<order-4710@shop.example>\r\n <1795156012.1@§>\r\n <order-4712@shop.example>", "id")
kept(19, "X-Thread-Id", "<4711@§>", "id")
kept(19, "Thread-Topic Thread-Index")
kept(20, "Content-ID", "<image001@§>", "id")
kept(20, "Content-Location Content-Base", "https://§/a.png", "url")
kept(21, "Content-Type", "multipart/mixed; boundary=\"----=_§_4711\"", "id")
kept(22, "Content-Type", "text/plain; charset=utf-8; namePARAM", "parameter")
kept(22, "Content-Disposition", "attachment; filenamePARAM", "parameter")
kept(22, "Content-Disposition", "attachment; filename=a.txt; x-originPARAM", "parameter")
kept(23, "Date", "Fri, 20 Nov 2026 08:00:00 +0000 (§)")
kept(25, "X-Report-Abuse List-Help List-Archive", "<https://§/abuse>", "url")
kept(25, "Feedback-ID", "shop;§;4711")
kept(25, "X-Entity-Ref-ID Precedence Importance")
kept(25, "Auto-Submitted", "auto-generated (§)")
kept(26, "List-Id", "Shop news <§>", "id")
kept(26, "List-Unsubscribe", "<https://§/u?id=4711>, <mailto:u@shop.example>", "url")
kept(26, "List-Unsubscribe", "<https://www.shop.example/u?from=§>", "url")
kept(27, "X-Loop X-BeenThere", "list@§", "id")
dropped(27, "X-Mailman-Version", "2.1.39 (§)")
dropped(28, "X-Spam-Checker-Version X-Spam-Status X-Spam-Report X-Spamd-Result X-Rspamd-Server X-Rspamd-Queue-Id X-Virus-Scanned "
            "X-Amavis-Alert X-Acme-MailScanner-From X-Barracuda-Connect X-ClamAV-Host X-DSPAM-Result X-CMAE-Analysis "
            "X-Proofpoint-Virus-Version X-PMX-Version", "SpamAssassin 4.0.1 on §")
dropped(29, "X-MS-Exchange-Organization-AuthSource X-MS-Exchange-CrossTenant-Id X-MS-Office365-Filtering X-OriginatorOrg "
            "X-Forefront-Antispam-Report X-Microsoft-Antispam X-EOPAttributedMessage")
kept(29, "X-MS-Has-Attach X-MS-TNEF-Correlator")
dropped(30, "X-Gm-Message-State X-Google-Original-From X-Google-Smtp-Source")
dropped(31, "X-KumoRef")
kept(31, "X-Mailgun-Sid X-SG-EID X-SES-Outgoing X-Mandrill-User X-PM-Message-Id")
dropped(32, "X-MIMETrack", "Itemize by SMTP Server on §/CORP at 11/20/2026")
dropped(32, "X-Zimbra-Host X-Squirrel-UserHash X-MDaemon-Deliver-To X-Footer")
# Authentication, envelope, bounces
dropped(33, "Authentication-Results X-Authentication-Results Original-Authentication-Results", "§; auth=pass smtp.auth=alice")
dropped(34, "ARC-Seal ARC-Message-Signature ARC-Authentication-Results", "i=1; §; dkim=pass header.d=shop.example")
kept(35, "DKIM-Signature", "v=1; a=rsa-sha256; d=shop.example; s=s1; i=www@§;\r\n\th=From:To; bh=2jUSOH9N=; b=dzdVyOfA", "id")
kept(35, "DKIM-Signature", "v=1; a=rsa-sha256; d=shop.example; s=§; h=From; bh=2jUSOH9N=; b=dzdVyOfA", "id")
kept(35, "DKIM-Signature", "v=1; a=rsa-sha256; d=shop.example; s=s1; h=From;\r\n\tz=X-Old:§|From:a; bh=2jUSOH9N=; b=dzdVyOfA", "z")
dropped(36, "X-DKIM X-Google-DKIM-Signature DKIM-Filter", "OpenDKIM Filter v2.11.0 § 4F41")
dropped(37, "Return-Path", "<www-data@§>")
kept(39, "From Sender Reply-To Resent-From Disposition-Notification-To Return-Receipt-To X-Confirm-Reading-To Mail-Followup-To "
         "Mail-Reply-To", "Shop <www@§>", "id")
kept(39, "From Reply-To Sender", "\"§\" <orders@shop.example>", "id")
kept(39, "From Reply-To To Cc", "§ <orders@shop.example>")
kept(39, "From Cc", "orders@shop.example (§)")
dropped(40, "Bcc Resent-Bcc", "backup@§", "id")
# Everything else that a mail may have, and the header of tomorrow
kept(0, "Subject Comments Keywords Organization Content-Description X-Tomorrow Tomorrow-Header")
kept(0, "MIME-Version", "1.0 (made at §)")
kept(0, "Content-Transfer-Encoding", "8bit (§)")

# Rows that no content can show: what stands for each in their place.
NOT_IN_CONTENT = {
    24: "a missing Date: the courier's MTA adds its own",
    45: "ENVID, ORCPT, AUTH: not in the record",
    50: "public DNS and registries: postman check --dns",
    51: "the application's own outbound calls",
    52: "the courier's EHLO, certificate and address: tests/scenarios/real-postfix",
    53: "banners and error texts: tests/dialogues, tests/postmaster",
    54: "conversions by the courier's MTA",
    55: "timing",
    56: "the hand-out's schema: tests/postmaster/batch_test.cpp",
    57: "ids: tests/common",
    58: "a smarthost's own trace",
}
