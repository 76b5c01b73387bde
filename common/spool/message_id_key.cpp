#include "common/spool/message_id_key.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace mail
{
namespace
{

std::string random_key()
{
    std::string key(kMessageIdKeyBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw std::runtime_error("no random bytes");
    return key;
}

/// Aside, synced, then under its name: a crash leaves no key or a whole one.
Result<Done> make_key(const SpoolLayout& layout, Files& files)
{
    const std::string path = layout.message_id_key();
    const std::string aside = path + ".new";
    if (auto gone = files.unlink(aside); !gone && gone.error().kind != ErrorKind::missing)
        return gone;
    auto file = files.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(random_key()); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = (*file)->close(); !ok) return ok;
    if (auto ok = files.rename_new(aside, path); !ok) return ok;
    return files.sync_dir(layout.state_dir());
}

Result<std::string> read_key(const std::string& path, Files& files)
{
    auto key = files.read_all(path, kMessageIdKeyBytes);
    const bool too_long = !key && key.error().kind == ErrorKind::refused;
    if (!too_long && (!key || key->size() == kMessageIdKeyBytes)) return key;
    return Error{
        ErrorKind::corrupt,
        path +
            " is not 32 bytes long: put it back from a backup, or remove it to get a new one "
            "(answers to mail that is under way will then start new threads)"};
}

}  // namespace

Result<std::string> message_id_key(const SpoolLayout& layout, Files& files)
{
    auto key = read_key(layout.message_id_key(), files);
    if (key || key.error().kind != ErrorKind::missing) return key;
    if (auto made = make_key(layout, files); !made) return made.error();
    return read_key(layout.message_id_key(), files);
}

}  // namespace mail
