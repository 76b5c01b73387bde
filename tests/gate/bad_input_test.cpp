/// Whatever comes: a verdict, within bounds of CPU and memory, and nothing lost.
#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "tests/gate/bad_mails.h"
#include "tests/gate/cells.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAIL_IS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MAIL_IS_SANITIZED
#endif
#endif
#ifdef MAIL_IS_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

namespace
{

std::atomic<std::size_t> live_bytes = 0, peak_bytes = 0;

void count(void* block)
{
    const auto live = live_bytes += malloc_usable_size(block);
    if (live > peak_bytes) peak_bytes = live;
}

}  // namespace

// What the code under test takes from the heap is counted here; a sanitizer has its own.
#ifndef MAIL_IS_SANITIZED
void* operator new(std::size_t size)
{
    void* block = std::malloc(size == 0 ? 1 : size);
    if (block == nullptr) throw std::bad_alloc();
    count(block);
    return block;
}
void operator delete(void* block) noexcept
{
    if (block != nullptr) live_bytes -= malloc_usable_size(block);
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept
{
    operator delete(block);
}
#endif

namespace
{

using namespace mail::privacy;
using mail::test::BadMail;

// "About 2 s of CPU and 100 MB beside the content", and half as much time again, since machines
// differ. The clock is the thread's own, so others on the machine cost nothing.
constexpr double kMostSeconds = 1.5 * 2;
constexpr std::size_t kMostBytes = 100'000'000;

double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

InspectionRules rules()
{
    using mail::test::values_of;
    auto values = values_of(
        {"10.0.0.5", "172.16.0.0/12", "2001:db8:12::/48", "web1.internal.example", "*.corp.example",
         "xn--bcher-kva.example", "www-data", "/srv/www/shop", "text:Nordlicht"},
        {"host:mail", "192.168.1.10"});
    auto made = mail::test::rules_around(std::make_shared<OriginSearch>(std::move(values)));
    CHECK(made.scrub.senders.add("@internal.example=app@shop.example"));
    made.scrub.senders.set_default_domain("shop.example");
    return made;
}

/// The mail and its verdict stand by in memory; what it takes to get there does not count them.
void inspect_within_bounds(const BadMail& bad, const InspectionRules& rules)
{
    CAPTURE(bad.name);
    const auto content = bad.make();
    const mail::Envelope envelope{"orders@shop.example", {"ann@customer.example"}, false};
    const auto before = live_bytes.load();
    peak_bytes = before;
    const auto began = cpu_seconds();
    const auto inspection = inspect(content, envelope, rules);
    const auto seconds = cpu_seconds() - began;
    const auto bytes = peak_bytes - before;

    CHECK(inspection.findings.size() <= kMostFindings);
    if (inspection.changes == 0) CHECK(inspection.content == content);
    if (inspection.verdict == Inspection::Verdict::held) CHECK_FALSE(inspection.reason.empty());
    if (kIsSanitized) return;
    CHECK(seconds < kMostSeconds);
    CHECK(bytes < kMostBytes + inspection.content.size());
    const auto* verdict = inspection.verdict == Inspection::Verdict::held ? "held" : "goes";
    if (std::getenv("MAIL_GATE_FIGURES") != nullptr) {
        std::printf("%-44s %9zu B %7.3f s %7.1f MB  %s  %s\n", bad.name.c_str(), content.size(),
                    seconds, static_cast<double>(bytes) / 1e6, verdict,
                    inspection.reason.substr(0, 60).c_str());
    }
}

void inspect_all_within_bounds(const std::vector<BadMail>& mails)
{
    const auto known = rules();
    for (const auto& bad : mails) inspect_within_bounds(bad, known);
}

}  // namespace

TEST_SUITE("gate/bad input")
{
    TEST_CASE("Headers without end get a verdict within bounds")
    {
        inspect_all_within_bounds(mail::test::bad_headers());
    }
    TEST_CASE("Parts without end get a verdict within bounds")
    {
        inspect_all_within_bounds(mail::test::bad_parts());
    }
    TEST_CASE("Texts that lead decoders astray get a verdict within bounds")
    {
        inspect_all_within_bounds(mail::test::bad_texts());
    }
    TEST_CASE("Archive bombs get a verdict within bounds")
    {
        inspect_all_within_bounds(mail::test::bad_archives());
    }
}
