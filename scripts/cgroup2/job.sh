# Limits of commands wherever tsbuild may find itself in a tree of version 2: in its root, in a cgroup of a service or
# login, in a container that sees its own part only, and as an ordinary user with and without a cgroup of its own.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/run/disk NO_COLOR=1
top=/sys/fs/cgroup
cp "$(command -v node)" /dev/shm/node # it starts slowly from the shared files
guest() { place=$1; shift; echo "place: $place"; "$@" /dev/shm/node "$CHECKOUT/scripts/cgroup2/guest.mjs"; }
enter() { mkdir -p "$1" && echo $$ > "$1/cgroup.procs"; }

guest 'the root of the tree' env
enter $top/services/tsbuild.service
guest 'a service' env
guest 'a service, with runc' env RUNNER=runc
enter $top/container
guest 'a container' unshare --cgroup --mount sh -c "umount $top && mount -t cgroup2 cgroup2 $top && exec \"\$@\"" sh
enter $top/user/own/scope
for path in $top/user/own $top/user/own/cgroup.procs $top/user/own/cgroup.subtree_control $top/user/own/scope $top/user/own/scope/cgroup.procs; do chown "$ORDINARY" $path; done
echo '+memory +pids +cpu +cpuset' > $top/user/cgroup.subtree_control
echo '+memory +pids +cpu +cpuset' > $top/user/own/cgroup.subtree_control
guest 'a user with a cgroup of its own' setpriv --reuid "$ORDINARY" --regid "$ORDINARY" --clear-groups
enter $top/user/others
guest 'a user without' setpriv --reuid "$ORDINARY" --regid "$ORDINARY" --clear-groups
echo o > /proc/sysrq-trigger
sleep 60
