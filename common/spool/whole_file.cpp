#include "common/spool/whole_file.h"

namespace mail
{
namespace
{

mail::Result<mail::Done> write_aside(mail::Files& files, const std::string& aside,
                                     std::string_view text)
{
    if (auto gone = files.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return gone;
    auto file = files.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    return (*file)->close();
}

}  // namespace

mail::Result<mail::Done> write_whole_file(mail::Files& files, const std::string& aside,
                                          const std::string& ready, std::string_view text)
{
    if (auto ok = write_aside(files, aside, text); !ok) return ok;
    auto ok = files.rename_new(aside, ready);
    if (!ok && ok.error().kind == mail::ErrorKind::conflict) return files.unlink(aside);
    return ok;
}

mail::Result<mail::Done> replace_whole_file(mail::Files& files, const std::string& aside,
                                            const std::string& ready, std::string_view text)
{
    if (auto ok = write_aside(files, aside, text); !ok) return ok;
    return files.rename_over(aside, ready);
}

}  // namespace mail
