using System.Text.Json;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Reads what brought a customer here.</summary>
internal static class ReceivedReferral
{
    /// <summary>Reads it; null when nothing of it can be read.</summary>
    public static Referral? Read(JsonElement? referral)
    {
        var ad = referral.Member("ads_context_data");
        var read = new Referral(
            referral.Member("ref").Id(),
            referral.Member("source").Id(),
            referral.Member("type").Id(),
            referral.Member("ad_id").Id(),
            ad.Member("ad_title").Text(),
            Addresses.Of(ad.Member("photo_url")),
            Addresses.Of(ad.Member("video_url")),
            referral.Member("product").Member("id").Id() ?? ad.Member("product_id").Id());
        return read == new Referral(null, null, null, null, null, null, null, null) ? null : read;
    }

    /// <summary>Whether that is all there is of it.</summary>
    public static bool ShowsAll(JsonElement? referral) => referral is null
        || (Read(referral) is not null
            && referral.HasOnly("ref", "source", "type", "ad_id", "ads_context_data", "product")
            && referral.Member("ads_context_data").HasOnly("ad_title", "photo_url", "video_url", "product_id")
            && referral.Member("product").HasOnly("id")
            && (referral.Member("product") is null || referral.Member("ads_context_data").Member("product_id") is null));
}
