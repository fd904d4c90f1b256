#!/usr/bin/env bash
# Ceph's S3 gateway on loopback: rgw.sh FOLDER GATEWAY_PORT MONITOR_PORT ACCESS_KEY SECRET_KEY memstore|bluestore
# The last word says where objects lie: in memory, or in a file of the folder.
# Prints "ready" once it answers and ends, with its daemons, when its standard input does.
# Needs Debian's ceph-mon, ceph-osd, radosgw and ceph-common.
set -uo pipefail
folder=$(realpath -m "$1") gateway=$2 monitor=$3 access=$4 secret=$5 store=$6
conf=$folder/ceph.conf
id=$(cat /proc/sys/kernel/random/uuid)
daemons=()

end() {
    trap - EXIT
    kill -KILL "${daemons[@]}" 2> /dev/null
    wait 2> /dev/null
    exit "${1:-1}"
}
trap end EXIT

fail() {
    echo "$1; see $folder/log" >&2
    end 1
}

start() {
    local name=$1
    shift
    "$@" -f -c "$conf" > "$folder/log/$name.out" 2>&1 < /dev/null &
    daemons+=($!)
}

# Tries a command every tenth of a second, for a minute, as long as the daemons live.
until_true() {
    for _ in {1..600}; do
        "$@" > /dev/null 2>&1 && return
        for daemon in "${daemons[@]}"; do
            kill -0 "$daemon" 2> /dev/null || return 1
        done
        sleep 0.1
    done
    return 1
}

osd_is_up() { ceph -c "$conf" osd stat | grep -q '1 up'; }
gateway_answers() { (exec 3<> "/dev/tcp/127.0.0.1/$gateway"); }

mkdir -p "$folder"/{mon,osd,log,run}
cat > "$conf" <<CONF
[global]
fsid = $id
mon_host = [v2:127.0.0.1:$monitor]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc secure
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
run_dir = $folder/run
admin_socket = $folder/run/\$name.asok
log_file = $folder/log/\$name.log
[mon]
mon_data = $folder/mon
[osd]
osd_data = $folder/osd
osd_objectstore = $store
memstore_device_bytes = 8589934592
bluestore_block_size = 8589934592
bluestore_cache_autotune = false
bluestore_cache_size = 67108864
osd_class_load_list = *
osd_class_default_list = *
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:$gateway tcp_nodelay=1
rgw_data = $folder/run
rgw_thread_pool_size = 64
CONF

monmaptool --create --fsid "$id" --addv a "[v2:127.0.0.1:$monitor]" "$folder/monmap" > /dev/null || fail "the monitor's map could not be made"
ceph-mon --mkfs -i a --monmap "$folder/monmap" -c "$conf" || fail "the monitor's store could not be made"
start mon ceph-mon -i a
until_true timeout 5 ceph -c "$conf" --connect-timeout 2 mon stat || fail "the monitor did not start"
osd=$(cat /proc/sys/kernel/random/uuid)
ceph -c "$conf" osd new "$osd" > /dev/null || fail "the storage daemon could not be registered"
ceph-osd -i 0 --mkfs --osd-uuid "$osd" -c "$conf" > "$folder/log/mkfs.out" 2>&1 || fail "the storage daemon's store could not be made"
start osd ceph-osd -i 0
until_true osd_is_up || fail "the storage daemon did not start"
radosgw-admin -c "$conf" user create --uid=owner --display-name=owner --access-key="$access" --secret-key="$secret" > "$folder/log/user.out" 2>&1 || fail "the user could not be made"
start rgw radosgw -n client.rgw
until_true gateway_answers || fail "the gateway did not start"
echo ready
cat > /dev/null
end 0
