/// A lock that ends with its process: flock on a file that says who holds it.
#pragma once

#include <string>

#include "common/result.h"

namespace mail
{

class LockFile
{
public:
    /// Takes the lock or says who has it. Never waits.
    /// errors  conflict: held; the step names the path and the holder's pid
    ///         temporary: the file cannot be opened or written
    static Result<LockFile> take(const std::string& path);

    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&& other) noexcept;
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile();

private:
    explicit LockFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace mail
