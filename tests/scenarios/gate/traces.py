#!/usr/bin/env python3
"""traces.py: a mail whose header shows the origin in every way that a scrub can clean. The values are those
that run.sh names with --origin."""
import base64

host, address, path = "web1.internal.example", "203.0.113.77", "/var/www/shop/mailer.php"


def b64(text):
    return base64.b64encode(text.encode()).decode()


fields = [
    ("Received", f"from {host} (web1 [{address}])\n\tby relay.internal.example (Postfix) with ESMTPSA id 5F41;\n"
                 "\tFri, 20 Nov 2026 08:00:00 +0000"),
    ("Received", "(nullmailer pid 812 invoked by uid 33);\n\tFri, 20 Nov 2026 08:00:00 -0000"),
    ("X-Originating-IP", f"[{address}]"),
    ("X-PHP-Originating-Script", f"33:{path}"),
    ("X-AntiAbuse", f"Primary Hostname - {host}"),
    ("X-Source-Cap", b64(f"shop;www-data;{host}")),
    ("X-Spam-Checker-Version", f"SpamAssassin 4.0.1 on {host}"),
    ("X-Authentication-Warning", f"{host}: www-data set sender to shop using -f"),
    ("Authentication-Results", f"{host}; auth=pass smtp.client-ip={address}"),
    ("X-Cron-Env", f"<HOME={path}>"),
    ("X-Mailer", f"PHPMailer 6.8.0 ({host})"),
    # fields that nobody has heard of
    ("X-Shop-Node", host.upper()),
    ("X-Shop-Node-Hex", host.encode().hex()),
    ("X-Shop-Node-Base64", b64(f"node={host}")),
    ("X-Shop-Words", "=?utf-8?B?" + b64(f"from {host}") + "?="),
    ("X-Shop-Q", "=?utf-8?Q?web1=2Einternal=2Eexample?="),
    ("X-Shop-Number", str(int.from_bytes(bytes([203, 0, 113, 77]), "big"))),
    ("X-Shop-Reverse", "77.113.0.203.in-addr.arpa"),
    ("X-Shop-Dashed", "ip-203-0-113-77"),
    ("X-Shop-Percent", "http%3A%2F%2F203%2E0%2E113%2E77%2F"),
    ("X-Shop-Folded", "web1.internal\n .example and\n\t" + address),
    ("Message-ID", f"<1795156012.792292.24582.nullmailer@{host}>"),
    ("In-Reply-To", "<cb00714d.24582@localhost>"),
    ("References", f"<first@app.example> <1.{address}@web1> <JavaMail.www-data@{host}>"),
    ("From", f"Shop <www-data@{host}>"),
    ("Reply-To", f'"The shop, really" <orders@{host}>'),
    ("To", "ann@delivery.example"),
    ("Subject", "=?utf-8?Q?Your_order_=E2=82=AC_5?="),
    ("Date", "Fri, 20 Nov 2026 08:00:00 +0000"),
    ("List-Unsubscribe", "<https://app.example/u?1>"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
]
for name, value in fields:
    print(f"{name}: {value}")
print("\nDear Ann, thank you for your order.")
