/// What a program says when it ends for lack of memory in a thread that nobody joins: one line and
/// exit code 75, so that its supervisor starts it again. What it was about is as after a kill.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

namespace mail
{

/// For main, first of all. Any other exception that leaves a thread is a bug, and aborts.
inline void end_with_a_word_for_lack_of_memory()
{
    std::set_terminate([] {
        constexpr std::string_view kWord = "error out of memory\n";
        constexpr int kTemporary = 75;  // EX_TEMPFAIL of sysexits.h
        try {
            if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
        } catch (const std::bad_alloc&) {
            [[maybe_unused]] const auto written = ::write(2, kWord.data(), kWord.size());
            ::_exit(kTemporary);
        } catch (...) {
        }
        std::abort();
    });
}

}  // namespace mail
