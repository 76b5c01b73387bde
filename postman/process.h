/// Runs a program: input from memory, words from stderr and stdout, a timeout that takes its
/// children too, and an environment of our own. No shell is between. What it reads ends only
/// where the input ends, even if we are killed meanwhile, or the input cannot be written.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postman
{

struct ProcessRequest {
    std::string path;                    // absolute
    std::vector<std::string> arguments;  // argv[0] first
    std::string_view input;
    std::chrono::seconds timeout{300};
    std::size_t max_words = 4096;    // of what it says, the first so many are kept
    bool is_stderr_heard = true;     // else what it says there goes nowhere
    bool keeps_environment = false;  // ours, whole
};

struct ProcessEnd {
    enum class How { exited, signalled, timed_out, not_fed };  // not_fed: killed before the end
    How how = How::exited;
    int code = 0;                // of the exit, or the signal's number
    std::string words;           // the beginning of what it said
    bool has_taken_all = false;  // it read the whole input
};

/// A program that leaves children behind when it exits has delivered to them; they live on. At the
/// timeout its whole process group is killed.
///
/// errors  missing: no such program; refused: it may not be run, or is none;
///         temporary: no process or descriptor left
/// blocks  until it has ended, at most the timeout and a little
[[nodiscard]] mail::Result<ProcessEnd> run_process(const ProcessRequest& request);

}  // namespace postman
